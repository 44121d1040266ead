-- The county in use that contains each of many positions, in their order; null where none does.
-- On a shared edge the smaller code wins, so that the answer is always the same.
-- :lons double precision[]  longitudes, degrees, EPSG:4490
-- :lats double precision[]  latitudes
-- index: ix_division_version_geom
SELECT (
    SELECT v.division_id FROM boundaries.division_version v
    WHERE v.level = 'county' AND v.valid_to IS NULL
      AND ST_Covers(v.geom, ST_SetSRID(ST_MakePoint(asked.lon, asked.lat), 4490))
    ORDER BY v.code LIMIT 1
)
FROM unnest(:lons, :lats) WITH ORDINALITY AS asked (lon, lat, number)
ORDER BY asked.number
