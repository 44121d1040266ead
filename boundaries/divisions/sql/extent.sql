-- The box around a division in use today (west, south, east, north in degrees of EPSG:4490), its name and permanent id;
-- no row where it has no area.
-- :code text  six digits
-- index: ix_division_version_code
SELECT ST_XMin(geom), ST_YMin(geom), ST_XMax(geom), ST_YMax(geom), name, division_id
FROM published.division_version
WHERE code = :code AND valid_to IS NULL AND geom IS NOT NULL
