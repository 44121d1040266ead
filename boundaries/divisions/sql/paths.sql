-- The paths of all divisions anew, as the triggers on their versions keep them: what was changed by hand is mended.
-- index: none; all divisions are read
WITH gone AS (
    DELETE FROM boundaries.division_path p
    WHERE NOT EXISTS (SELECT FROM boundaries.division_version v WHERE v.division_id = p.division_id)
)
INSERT INTO boundaries.division_path (division_id, code, path)
SELECT * FROM boundaries.paths_of(ARRAY(SELECT id FROM boundaries.division))
ON CONFLICT (division_id) DO UPDATE SET code = excluded.code, path = excluded.path
WHERE (division_path.code, division_path.path) IS DISTINCT FROM (excluded.code, excluded.path)
