-- The places to label within a box at a zoom, best first; divisions have labels of their own.
-- :west double precision  the box in EPSG:4490
-- :south double precision
-- :east double precision
-- :north double precision
-- :zoom integer  zoom of the map
-- :as_of date  the day: places that had come up by then
-- :count integer  how many
-- index: ix_search_place_point, primary key of map_point
SELECT p.place_id::text AS id, p.name, 'place' AS kind, p.rank, round(ST_X(p.point)::numeric, 7)::float8 AS lon, round(ST_Y(p.point)::numeric, 7)::float8 AS lat
FROM published.search_place p JOIN published.map_point m ON m.place_id = p.place_id
WHERE p.point && ST_MakeEnvelope(:west, :south, :east, :north, 4490) AND m.min_zoom <= :zoom
  AND (m.valid_from IS NULL OR m.valid_from <= :as_of)
ORDER BY p.rank DESC, p.place_id
LIMIT :count
