-- The tokens of every place without lineage: its own names, all of them current (see ../source.sql for the others).
-- index: none; one join of all names, places and forms, sorted by form
INSERT INTO placenames.search_token
    (place_id, name_id, form_id, rank, terms, valid_from, valid_to, inherited, current, public)
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
path AS MATERIALIZED (
    SELECT division_id, array_agg(-ancestor_id::integer ORDER BY depth DESC) AS terms FROM up GROUP BY division_id
),
named AS (
    SELECT n.text COLLATE "C" AS text, n.id AS name_id, n.place_id, n.status, n.published_at, n.valid_from, n.valid_to
    FROM placenames.place_name n
    UNION ALL
    SELECT n.specific COLLATE "C", n.id, n.place_id, n.status, n.published_at, n.valid_from, n.valid_to
    FROM placenames.place p JOIN placenames.place_name n ON n.place_id = p.id
    WHERE p.own_division_id IS NOT NULL AND char_length(n.specific) >= 2 AND n.specific <> n.text
)
SELECT p.id, named.name_id, f.id, p.rank,
       -- The codes of single characters and first letters (tokens.is_term).
       ARRAY(SELECT code FROM unnest(f.grams) AS code WHERE code >= 0 AND code < 2097152) || coalesce(path.terms, '{}')
           || CASE WHEN p.point IS NULL THEN '{}' ELSE ARRAY[placenames.cell(foundation.public_position(p.point))] END,
       named.valid_from, named.valid_to, false, true, placenames.is_public(named.status, p.secrecy, named.published_at)
FROM named
JOIN placenames.place p ON p.id = named.place_id
JOIN placenames.search_form f ON f.text = named.text
LEFT JOIN path ON path.division_id = p.division_id
WHERE p.id NOT IN (
    SELECT from_place_id FROM placenames.place_lineage UNION ALL SELECT to_place_id FROM placenames.place_lineage)
ORDER BY f.id, p.rank DESC, p.id
