-- The places to label within a box, best first, of those that are drawn from some zooms on; divisions have their own.
-- :west double precision  the box in EPSG:4490
-- :south double precision
-- :east double precision
-- :north double precision
-- :firsts bigint[]  where the ranges of z-order keys that cover the box begin
-- :lasts bigint[]  where they end
-- :steps smallint[]  the zooms from which the points are drawn
-- :as_of date  the day: places that had come up by then
-- :count integer  how many
-- index: ix_map_point_zoom, primary key of place
WITH box AS MATERIALIZED (
    SELECT ST_Transform(ST_MakeEnvelope(:west, :south, :east, :north, 4490), 3857) AS around
),
best AS MATERIALIZED (
    SELECT place_id, name, rank
    FROM (
        SELECT m.place_id, m.name, m.rank, m.valid_from, m.geom
        FROM unnest(:firsts, :lasts) AS range (first, last)
        CROSS JOIN LATERAL (
            SELECT * FROM published.map_point p
            WHERE p.min_zoom = ANY (:steps) AND p.zkey BETWEEN range.first AND range.last
        ) m
        OFFSET 0 -- keeps the spatial index out
    ) near
    WHERE geom && (SELECT around FROM box) AND (valid_from IS NULL OR valid_from <= :as_of)
    ORDER BY rank DESC, place_id
    LIMIT :count
)
SELECT b.place_id::text AS id, b.name, 'place' AS kind, b.rank, round(ST_X(p.point)::numeric, 7)::float8 AS lon, round(ST_Y(p.point)::numeric, 7)::float8 AS lat
FROM best b JOIN published.place p ON p.id = b.place_id
ORDER BY b.rank DESC, b.place_id
