-- The lowest zoom of every point at once: the zoom from which it is the best of its cell (see thin() in the schema).
-- index: none; one sort of the table per zoom
WITH best AS (
    SELECT zoom, cell.place_id
    FROM generate_series(0, 13) AS zoom
    CROSS JOIN LATERAL (
        SELECT DISTINCT ON (zkey >> (2 * (14 - zoom))) place_id
        FROM placenames.map_point
        WHERE min_zoom <= 14
        ORDER BY zkey >> (2 * (14 - zoom)), rank DESC, place_id
    ) cell
),
lowest AS (SELECT place_id, min(zoom) AS zoom FROM best GROUP BY place_id)
UPDATE placenames.map_point m
SET min_zoom = found.zoom
FROM (
    SELECT p.place_id, coalesce(l.zoom, 14) AS zoom
    FROM placenames.map_point p LEFT JOIN lowest l ON l.place_id = p.place_id
    WHERE p.min_zoom <= 14
) found
WHERE found.place_id = m.place_id AND m.min_zoom <> found.zoom
