-- The places to label within a box at a zoom, best first; divisions have labels of their own.
-- :west double precision  the box in EPSG:4490
-- :south double precision
-- :east double precision
-- :north double precision
-- :zoom integer  zoom of the map
-- :as_of date  the day: places that had come up by then
-- :count integer  how many
-- index: ix_map_point_geom, primary key of place
SELECT m.place_id::text AS id, m.name, 'place' AS kind, m.rank, round(ST_X(p.point)::numeric, 7)::float8 AS lon, round(ST_Y(p.point)::numeric, 7)::float8 AS lat
FROM (
    SELECT m.place_id, m.name, m.rank FROM published.map_point m
    WHERE m.geom && ST_Transform(ST_MakeEnvelope(:west, :south, :east, :north, 4490), 3857) AND m.min_zoom <= :zoom
      AND (m.valid_from IS NULL OR m.valid_from <= :as_of)
    ORDER BY m.rank DESC, m.place_id
    LIMIT :count
) m
JOIN published.place p ON p.id = m.place_id
ORDER BY m.rank DESC, m.place_id
