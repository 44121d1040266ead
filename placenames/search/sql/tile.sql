-- The layer `places` of a tile: the points that are best in their cell at this zoom; null when there are none.
-- A step tells of how large a cell a point is the best. Of the steps far above the zoom a tile has one point at most, so
-- they are looked for in whole neighbours; of the others only the strip of the neighbours whose points reach over the edge.
-- :zoom integer  zoom of the tile
-- :x integer  column
-- :y integer  row
-- :firsts bigint[]  where ranges of z-order keys begin
-- :lasts bigint[]  where they end
-- :wide boolean[]  whether a range is one of whole tiles, asked for `few`, or of the tile and the strip, for `many`
-- :few smallint[]  the steps with few points
-- :many smallint[]  the others
-- :as_of date  the day: places that had come up by then
-- index: ix_map_point_zoom (thinning keeps a tile to 64 points)
WITH tile AS MATERIALIZED (
    SELECT ST_TileEnvelope(:zoom, :x, :y) AS bounds, ST_TileEnvelope(:zoom, :x, :y, margin => 64.0 / 4096) AS around
)
SELECT CASE WHEN count(*) > 0 THEN ST_AsMVT(feature, 'places', 4096, 'shape') END
FROM (
    SELECT ST_AsMVTGeom(geom, (SELECT bounds FROM tile), 4096, 64) AS shape,
           place_id::text AS id, name, rank, class_code AS class, status
    FROM (
        SELECT m.place_id, m.rank, m.name, m.class_code, m.status, m.valid_from, m.geom
        FROM unnest(:firsts, :lasts, :wide) AS range (first, last, wide)
        CROSS JOIN LATERAL (
            SELECT * FROM published.map_point p
            WHERE p.min_zoom = ANY (CASE WHEN range.wide THEN :few ELSE :many END)
              AND p.zkey BETWEEN range.first AND range.last
        ) m
        OFFSET 0 -- keeps the spatial index out: the ranges are by far the better way
    ) near
    WHERE geom && (SELECT around FROM tile) AND (valid_from IS NULL OR valid_from <= :as_of)
    ORDER BY rank DESC, place_id
) feature
