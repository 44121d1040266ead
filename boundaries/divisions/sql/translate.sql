-- What a code of one day is called on another, forward or backward: one row for each division that it leads to.
-- The relation is the least direct step of the way: same, continued, merged, split, part. Steps follow each other
-- in time, and what arrived as a part is not handed on as a part on the same day.
-- :code text  six digits
-- :from_day date  the day on which the code is meant
-- :to_day date  the day that is asked about
-- index: ix_division_version_code, primary key of division_lineage, ix_division_lineage_to
WITH RECURSIVE way (id, code, name, valid_from, valid_to, arrived, as_part, worst) AS (
    SELECT v.id, v.code, v.name, v.valid_from, v.valid_to, :from_day, false, 0
    FROM published.division_version v
    WHERE v.code = :code AND v.valid_from <= :from_day AND (v.valid_to IS NULL OR v.valid_to > :from_day)
    UNION
    SELECT n.id, n.code, n.name, n.valid_from, n.valid_to, c.date, l.relation = 'part',
           greatest(w.worst, CASE l.relation WHEN 'continued' THEN 1 WHEN 'merged' THEN 2 WHEN 'split' THEN 3 ELSE 4 END)
    FROM way w
    JOIN published.division_lineage l
        ON (:from_day <= :to_day AND l.from_version_id = w.id) OR (:from_day > :to_day AND l.to_version_id = w.id)
    JOIN published.division_change c ON c.id = l.change_id
    JOIN published.division_version n
        ON n.id = CASE WHEN :from_day <= :to_day THEN l.to_version_id ELSE l.from_version_id END
    WHERE c.date > least(:from_day, :to_day) AND c.date <= greatest(:from_day, :to_day)
      AND CASE WHEN :from_day <= :to_day THEN c.date >= w.arrived ELSE c.date <= w.arrived END
      AND NOT (w.as_part AND l.relation = 'part' AND c.date = w.arrived)
)
SELECT code, name, (ARRAY['same', 'continued', 'merged', 'split', 'part'])[min(worst) + 1] AS relation
FROM way
WHERE valid_from <= :to_day AND (valid_to IS NULL OR valid_to > :to_day)
GROUP BY code, name
ORDER BY min(worst), code
