-- The layer `places` of a tile: the points that are best in their cell at this zoom; null when there are none.
-- :zoom integer  zoom of the tile
-- :x integer  column
-- :y integer  row
-- :firsts bigint[]  the first z-order keys of the tile and of its neighbours, whose points reach over the edge
-- :lasts bigint[]  the last ones
-- :as_of date  the day: places that had come up by then
-- index: ix_map_point_zoom (one range a zoom and tile; thinning keeps each tile below zoom 14 to 256 points)
WITH drawn AS (
    SELECT m.place_id, m.rank, m.name, m.class_code, m.status, m.geom
    FROM unnest(:firsts, :lasts) AS range (first, last)
    CROSS JOIN generate_series(0, least(:zoom, 14)) AS step
    CROSS JOIN LATERAL (
        SELECT * FROM published.map_point p
        WHERE p.min_zoom = step AND p.zkey BETWEEN range.first AND range.last
    ) m
    WHERE m.valid_from IS NULL OR m.valid_from <= :as_of
)
SELECT CASE WHEN count(*) > 0 THEN ST_AsMVT(feature, 'places', 4096, 'shape') END
FROM (
    SELECT ST_AsMVTGeom(geom, ST_TileEnvelope(:zoom, :x, :y), 4096, 64) AS shape,
           place_id::text AS id, name, rank, class_code AS class, status
    FROM drawn ORDER BY rank DESC, place_id
) feature
WHERE shape IS NOT NULL
