-- The layer `divisions` of a tile: the areas that carry the colour at this zoom, with name and code; and the borders, one
-- feature for each level that they divide, each border once. Null when empty. Pieces of an area reach over each other a
-- little: it is filled by the rule `nonzero`. An area whose unit came later has level and tint alone, so that no hole is
-- seen; before all history there are none.
-- :zoom integer  zoom of the tile
-- :x integer  column
-- :y integer  row
-- :band smallint  the first zoom of the band of zooms that share a drawing (bands.py)
-- :as_of date  the day: units in use then, by their name and code of then; the line is today's
-- index: ix_division_fill_tile, ix_division_line_tile, ix_division_version_latest
WITH tile AS MATERIALIZED (
    SELECT bounds, ST_TileEnvelope(:zoom, :x, :y, margin => 64.0 / 4096) AS around,
           4096 / (ST_XMax(bounds) - ST_XMin(bounds)) AS scale
    FROM ST_TileEnvelope(:zoom, :x, :y) AS bounds
),
area AS MATERIALIZED (
    -- Not ST_AsMVTGeom, which makes every polygon valid anew: that is nine tenths of its time.
    SELECT f.division_id, f.level, f.tint, ST_ForcePolygonCCW(ST_SnapToGrid(ST_Affine(
               ST_CollectionExtract(ST_Collect(ST_ClipByBox2D(f.geom, (SELECT around FROM tile))), 3),
               (SELECT scale FROM tile), 0, 0, -(SELECT scale FROM tile),
               (SELECT -scale * ST_XMin(bounds) FROM tile), (SELECT scale * ST_YMax(bounds) FROM tile)
           ), 1)) AS shape
    FROM published.division_fill f
    WHERE f.band = :band AND f.geom && (SELECT around FROM tile)
    GROUP BY f.division_id, f.level, f.tint
),
unit AS MATERIALIZED (
    SELECT v.division_id, v.code, v.name,
           (SELECT p.place_id::text FROM published.search_place p WHERE p.own_division_id = v.division_id) AS place
    FROM published.division_version v
    WHERE v.division_id = ANY (ARRAY(SELECT division_id FROM area))
      AND v.valid_from <= :as_of AND (v.valid_to IS NULL OR v.valid_to > :as_of)
),
border AS MATERIALIZED (
    SELECT l.level, ST_AsMVTGeom(
               ST_Collect(ST_ClipByBox2D(l.geom, (SELECT around FROM tile))), (SELECT bounds FROM tile), 4096, 64, false
           ) AS shape
    FROM published.division_line l
    WHERE l.band = :band AND l.geom && (SELECT around FROM tile)
      AND EXISTS (SELECT FROM published.division_version v
                  WHERE v.division_id IN (l.one_id, l.other_id)
                    AND v.valid_from <= :as_of AND (v.valid_to IS NULL OR v.valid_to > :as_of))
    GROUP BY l.level
)
SELECT CASE WHEN count(*) > 0 THEN ST_AsMVT(feature, 'divisions', 4096, 'shape') END
FROM (
    SELECT shape, id, place, code, name, level, tint
    FROM (
        SELECT a.shape, u.division_id::text AS id, u.place, u.code, u.name, a.level, a.tint
        FROM area a LEFT JOIN unit u USING (division_id)
        WHERE u.division_id IS NOT NULL OR (SELECT EXISTS (
            SELECT FROM published.division_version v
            WHERE v.valid_from <= :as_of AND (v.valid_to IS NULL OR v.valid_to > :as_of)))
        UNION ALL
        SELECT shape, NULL, NULL, NULL, NULL, level, NULL FROM border
    ) either
    WHERE NOT ST_IsEmpty(shape)
    ORDER BY id IS NULL, code, array_position(ARRAY['township', 'county', 'prefecture', 'province'], level)
) feature
