-- The division of a code today with what handles names there: itself, or the county that a township lies in; its
-- superior; their names.
-- :code text  its code today
-- index: ix_division_version_code, ix_division_version_current
WITH RECURSIVE up (division_id, name, code, level, type, parent_id, depth) AS (
    SELECT v.division_id, v.name, v.code, v.level, v.type, v.parent_id, 0
    FROM boundaries.division_version v WHERE v.code = :code AND v.valid_to IS NULL
    UNION ALL
    SELECT v.division_id, v.name, v.code, v.level, v.type, v.parent_id, up.depth + 1
    FROM up JOIN boundaries.division_version v ON v.division_id = up.parent_id AND v.valid_to IS NULL
    WHERE up.level = 'township'
)
SELECT a.division_id, h.division_id, h.name, h.code, h.level, h.type, p.division_id, p.name
FROM up a
JOIN up h ON h.level <> 'township'
LEFT JOIN boundaries.division_version p ON p.division_id = h.parent_id AND p.valid_to IS NULL
WHERE a.depth = 0
