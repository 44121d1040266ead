-- The layer `divisions` of a tile: provinces at every zoom, prefectures from 5, counties from 7; null when empty.
-- :zoom integer  zoom of the tile
-- :x integer  column
-- :y integer  row
-- :as_of date  the day: units in use then, by their name and code of then; the line is today's
-- index: ix_division_area_geom
SELECT CASE WHEN count(*) > 0 THEN ST_AsMVT(feature, 'divisions', 4096, 'shape') END
FROM (
    SELECT ST_AsMVTGeom(a.geom, ST_TileEnvelope(:zoom, :x, :y), 4096, 64) AS shape,
           v.division_id::text AS id, p.place_id::text AS place, v.code, v.name, a.level, a.tint
    FROM published.division_area a
    JOIN published.division_version drawn ON drawn.id = a.version_id
    JOIN published.division_version v ON v.division_id = drawn.division_id
    LEFT JOIN published.search_place p ON p.own_division_id = v.division_id
    WHERE a.geom && ST_TileEnvelope(:zoom, :x, :y, margin => 64.0 / 4096)
      AND :zoom BETWEEN a.min_zoom AND a.max_zoom
      AND CASE a.level WHEN 'province' THEN true WHEN 'prefecture' THEN :zoom >= 5 ELSE :zoom >= 7 END
      AND v.valid_from <= :as_of AND (v.valid_to IS NULL OR v.valid_to > :as_of)
    ORDER BY array_position(ARRAY['county', 'prefecture', 'province'], a.level), v.code
) feature
WHERE shape IS NOT NULL
