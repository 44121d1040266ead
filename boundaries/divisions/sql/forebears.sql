-- What a division in use today was on an earlier day: itself under its code of then, or those it came from.
-- :division bigint  permanent id
-- :as_of date  the day
-- index: ex_division_version_period, ix_division_lineage_to
WITH RECURSIVE way (id, division_id, code, name, level, valid_from, valid_to) AS (
    SELECT id, division_id, code, name, level, valid_from, valid_to
    FROM published.division_version WHERE division_id = :division
    UNION
    SELECT n.id, n.division_id, n.code, n.name, n.level, n.valid_from, n.valid_to
    FROM way w JOIN published.division_lineage l ON l.to_version_id = w.id AND l.relation <> 'part'
    JOIN published.division_version n ON n.id = l.from_version_id
)
SELECT w.division_id, w.code, w.name, w.level, p.place_id::text
FROM way w LEFT JOIN published.search_place p ON p.own_division_id = w.division_id
WHERE w.valid_from <= :as_of AND (w.valid_to IS NULL OR w.valid_to > :as_of)
ORDER BY w.division_id <> :division, w.code
