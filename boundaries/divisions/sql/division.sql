-- The division that has a code on a day, with its superiors from the highest down (JSON object).
-- :code text  six digits
-- :as_of date  the day
-- index: ix_division_version_code, ex_division_version_period
WITH RECURSIVE asked AS (
    SELECT * FROM published.division_version
    WHERE code = :code AND valid_from <= :as_of AND (valid_to IS NULL OR valid_to > :as_of)
), up (division_id, code, name, parent_id, depth) AS (
    SELECT v.division_id, v.code, v.name, v.parent_id, 1 FROM published.division_version v JOIN asked a
        ON v.division_id = a.parent_id AND v.valid_from <= :as_of AND (v.valid_to IS NULL OR v.valid_to > :as_of)
    UNION ALL
    SELECT v.division_id, v.code, v.name, v.parent_id, up.depth + 1 FROM up JOIN published.division_version v
        ON v.division_id = up.parent_id AND v.valid_from <= :as_of AND (v.valid_to IS NULL OR v.valid_to > :as_of)
)
SELECT json_build_object(
    'id', a.division_id::text, 'code', a.code, 'code_system', a.code_system, 'name', a.name, 'roman', n.roman,
    'level', a.level, 'type', a.type, 'place', p.place_id::text,
    'parent', (SELECT json_build_object('code', code, 'name', name) FROM up WHERE depth = 1),
    'path', (SELECT json_agg(name ORDER BY depth DESC) FROM (SELECT name, depth FROM up UNION ALL SELECT a.name, 0) s),
    'valid_from', a.valid_from, 'from_precision', a.from_precision,
    'valid_to', a.valid_to, 'to_precision', a.to_precision,
    'bbox', CASE WHEN a.geom IS NOT NULL THEN json_build_array(
        round(ST_XMin(a.geom)::numeric, 5), round(ST_YMin(a.geom)::numeric, 5),
        round(ST_XMax(a.geom)::numeric, 5), round(ST_YMax(a.geom)::numeric, 5)) END,
    'source', a.source, 'note', a.note
)::text
FROM asked a
LEFT JOIN published.search_place p ON p.own_division_id = a.division_id
LEFT JOIN LATERAL (
    SELECT roman FROM published.place_name WHERE place_id = p.place_id AND text = a.name ORDER BY id LIMIT 1
) n ON true
