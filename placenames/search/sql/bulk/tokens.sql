-- The tokens of every place without lineage: its own names, all of them current (see ../source.sql for the others).
-- index: none; one join of all names, places and forms, sorted by form
INSERT INTO placenames.search_token
    (place_id, name_id, form_id, rank, division_id, terms, valid_from, valid_to, inherited, current, public)
WITH RECURSIVE latest AS (
    SELECT DISTINCT ON (division_id) division_id, parent_id
    FROM boundaries.division_version ORDER BY division_id, valid_from DESC
),
up (division_id, ancestor_id, parent_id, depth) AS (
    SELECT division_id, division_id, parent_id, 0 FROM latest
    UNION ALL
    SELECT up.division_id, l.division_id, l.parent_id, up.depth + 1
    FROM up JOIN latest l ON l.division_id = up.parent_id
),
path AS (
    SELECT division_id, array_agg(-ancestor_id::integer ORDER BY depth DESC) AS terms FROM up GROUP BY division_id
)
SELECT p.id, n.id, f.id, p.rank, p.division_id, 
       -- The codes of pairs; those of single characters are smaller (tokens.PAIRS_FROM).
       ARRAY(SELECT code FROM unnest(f.grams) AS code WHERE code >= 2097152) || coalesce(path.terms, '{}'), n.valid_from, n.valid_to,
       false, true, placenames.is_public(n.status, p.secrecy, n.published_at)
FROM placenames.place_name n
JOIN placenames.place p ON p.id = n.place_id
CROSS JOIN LATERAL (
    SELECT n.text COLLATE "C" AS text
    UNION
    SELECT n.specific WHERE p.own_division_id IS NOT NULL AND char_length(n.specific) >= 2
) form
JOIN placenames.search_form f ON f.text = form.text
LEFT JOIN path ON path.division_id = p.division_id
WHERE NOT EXISTS (SELECT FROM placenames.place_lineage l WHERE l.from_place_id = p.id OR l.to_place_id = p.id)
ORDER BY f.id, p.rank DESC, p.id
