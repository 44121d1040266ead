-- The layer `places` of a tile of the near zooms, where it holds few more points than are drawn; null when there are none.
-- :zoom integer  zoom of the tile
-- :x integer  column
-- :y integer  row
-- :deepest smallint  the last step that is drawn; beyond all of them are places that are no more
-- :as_of date  the day: places that had come up by then
-- index: ix_map_point_geom
WITH tile AS MATERIALIZED (
    SELECT ST_TileEnvelope(:zoom, :x, :y) AS bounds, ST_TileEnvelope(:zoom, :x, :y, margin => 64.0 / 4096) AS around
)
SELECT CASE WHEN count(*) > 0 THEN ST_AsMVT(feature, 'places', 4096, 'shape') END
FROM (
    SELECT ST_AsMVTGeom(geom, (SELECT bounds FROM tile), 4096, 64) AS shape,
           place_id::text AS id, name, rank, class_code AS class, status
    FROM published.map_point
    WHERE geom && (SELECT around FROM tile) AND min_zoom <= :deepest AND (valid_from IS NULL OR valid_from <= :as_of)
    ORDER BY rank DESC, place_id
) feature
