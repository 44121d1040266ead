-- How far a geometry reaches beyond a division: its farthest point outside in metres (0 where it lies within), and
-- whether all of it lies outside. No row where the division has no area today.
-- :division bigint  permanent id
-- :drawn text  GeoJSON in EPSG:4490
-- index: ix_division_version_current
SELECT coalesce((
           SELECT max(ST_Distance(p.geom::geography, v.geom::geography))
           FROM ST_DumpPoints(ST_Difference(g.geom, v.geom)) p
       ), 0)::float8,
       NOT ST_Intersects(g.geom, v.geom), v.name
FROM boundaries.division_version v, (SELECT ST_SetSRID(ST_GeomFromGeoJSON(:drawn), 4490) AS geom) g
WHERE v.division_id = :division AND v.valid_to IS NULL AND v.geom IS NOT NULL
