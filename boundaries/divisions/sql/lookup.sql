-- The divisions in use today that contain a point, from the highest down.
-- On a shared edge the smaller code wins, so that each level answers once.
-- :lon double precision  the point in EPSG:4490
-- :lat double precision
-- index: ix_division_version_geom
SELECT DISTINCT ON (array_position(ARRAY['province', 'prefecture', 'county', 'township'], v.level))
       v.division_id, v.code, v.name, v.level, p.place_id::text
FROM published.division_version v
LEFT JOIN published.search_place p ON p.own_division_id = v.division_id
WHERE v.valid_to IS NULL AND ST_Covers(v.geom, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490))
ORDER BY array_position(ARRAY['province', 'prefecture', 'county', 'township'], v.level), v.code
