-- What a division in use today was on an earlier day: itself under its code of then, and all those
-- from which it took land since.
-- :division bigint  permanent id
-- :as_of date  the day
-- index: ex_division_version_period, ix_division_lineage_to
WITH RECURSIVE way (id) AS (
    SELECT id FROM published.division_version WHERE division_id = :division
    UNION
    SELECT l.from_version_id
    FROM way w JOIN published.division_lineage l ON l.to_version_id = w.id
    JOIN published.division_change c ON c.id = l.change_id AND c.date > :as_of
)
SELECT v.division_id, v.code, v.name, v.level, p.place_id::text
FROM way w JOIN published.division_version v ON v.id = w.id
LEFT JOIN published.search_place p ON p.own_division_id = v.division_id
WHERE v.valid_from <= :as_of AND (v.valid_to IS NULL OR v.valid_to > :as_of)
ORDER BY v.division_id <> :division, v.code
