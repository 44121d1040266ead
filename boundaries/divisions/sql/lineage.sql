-- The whole line of a code: every change that led to what it ever meant or away from it, oldest first.
-- A change that only ceded a part is told, but not followed further.
-- :code text  six digits
-- index: ix_division_version_code, primary key of division_lineage, ix_division_lineage_to
WITH RECURSIVE back (id) AS (
    SELECT id FROM published.division_version WHERE code = :code
    UNION
    SELECT l.from_version_id FROM back b JOIN published.division_lineage l
        ON l.to_version_id = b.id AND l.relation <> 'part'
), forth (id) AS (
    SELECT id FROM published.division_version WHERE code = :code
    UNION
    SELECT l.to_version_id FROM forth f JOIN published.division_lineage l
        ON l.from_version_id = f.id AND l.relation <> 'part'
), line (id) AS (SELECT id FROM back UNION SELECT id FROM forth)
SELECT json_build_object(
    'date', c.date, 'precision', c.date_precision, 'kind', c.kind, 'instrument', c.instrument,
    'source', c.source, 'note', c.note,
    'strands', json_agg(json_build_object(
        'from', json_build_object('code', a.code, 'name', a.name),
        'to', json_build_object('code', b.code, 'name', b.name), 'relation', l.relation
    ) ORDER BY a.code, b.code)
)::text
FROM published.division_lineage l
JOIN published.division_change c ON c.id = l.change_id
JOIN published.division_version a ON a.id = l.from_version_id
JOIN published.division_version b ON b.id = l.to_version_id
WHERE (l.from_version_id IN (SELECT id FROM back) AND l.to_version_id IN (SELECT id FROM back))
   OR (l.from_version_id IN (SELECT id FROM forth) AND l.to_version_id IN (SELECT id FROM forth))
   OR (l.relation = 'part' AND (l.from_version_id IN (SELECT id FROM line) OR l.to_version_id IN (SELECT id FROM line)))
GROUP BY c.id, c.date, c.date_precision, c.kind, c.instrument, c.source, c.note
ORDER BY c.date, c.id
