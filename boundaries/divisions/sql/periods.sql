-- Every meaning that a code ever had, oldest first, and what followed each: for the answer to a code not in use.
-- :code text  six digits
-- index: ix_division_version_code, primary key of division_lineage
SELECT json_build_object(
    'code', v.code, 'name', v.name, 'valid_from', v.valid_from, 'from_precision', v.from_precision, 'valid_to', v.valid_to, 'to_precision', v.to_precision,
    'successors', coalesce((
        SELECT json_agg(json_build_object(
            'code', s.code, 'name', s.name, 'relation', l.relation, 'date', c.date, 'precision', c.date_precision
        ) ORDER BY c.date, s.code)
        FROM published.division_lineage l
        JOIN published.division_version s ON s.id = l.to_version_id
        JOIN published.division_change c ON c.id = l.change_id
        WHERE l.from_version_id = v.id AND v.valid_to IS NOT NULL AND c.date = v.valid_to
    ), '[]'::json)
)::text
FROM published.division_version v
WHERE v.code = :code
ORDER BY v.valid_from
