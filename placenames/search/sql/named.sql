-- Those who bear exactly the name that was typed, where that decides the first page: they fill it, or no other name holds it.
-- Most whole names are decided so, by a plan small enough to stay in the caches of a processor. No row where it does not.
-- :q text  the question, NFKC, without blanks
-- :grams integer[]  the codes of its pairs of characters, or of its only one
-- :holding text[]  the hot codes of names that hold it
-- :wanted integer  how many hits are counted
-- :page integer  how many of them are told
-- index: uq_search_form_text, ix_search_form_grams, uq_search_hot_code, ix_search_token_form, ix_search_token_former, primary keys
WITH exact AS MATERIALIZED (
    SELECT r.rank, r.form_id, r.place_id, r.name_id
    FROM published.search_row r
    WHERE r.form_id = (SELECT id FROM published.search_form WHERE text = :q)
      AND r.current AND r.valid_to IS NULL AND NOT r.inherited
    ORDER BY r.rank DESC, r.place_id LIMIT :wanted
),
decided AS MATERIALIZED (
    SELECT found FROM (SELECT count(*) AS found, count(DISTINCT place_id) AS places FROM exact) counted
    WHERE found > 0 AND found = places AND (found = :wanted OR NOT (
        EXISTS (SELECT FROM published.search_row r WHERE r.form_id = (SELECT form_id FROM exact LIMIT 1)
                AND r.current AND (r.valid_to IS NOT NULL OR r.inherited))
        -- Not EXISTS: it would be planned as if any few rows of the table had one.
        OR starts_with((SELECT text FROM published.search_form WHERE text > :q ORDER BY text LIMIT 1), :q)
        -- What very many names hold is not looked for here.
        OR (SELECT count(*) FROM published.search_hot WHERE code = ANY (:holding)) = cardinality(:holding)
        OR (SELECT count(*) FROM published.search_form WHERE grams @> :grams AND strpos(text, :q) > 1) > 0))
),
numbered AS MATERIALIZED (
    SELECT e.*, row_number() OVER (ORDER BY e.rank DESC, e.place_id) AS number FROM exact e WHERE EXISTS (SELECT FROM decided)
)
SELECT d.found, d.found < :wanted AS whole, true AS named, 0 AS step, last.rank, last.form_id, last.place_id,
       (SELECT coalesce(json_agg(published.entry(
            p.place_id, p.name, p.roman, coalesce(m.text, p.name), coalesce(m.kind, p.kind), 'exact',
            p.class_code, p.class_label, p.division_code, p.path, p.status, ST_X(p.point), ST_Y(p.point), NULL
        ) ORDER BY n.number), '[]'::json)::text
        FROM numbered n
        JOIN published.search_card p ON p.place_id = n.place_id
        -- Mostly it is the leading name, which the card has.
        LEFT JOIN published.place_name m ON n.name_id <> p.name_id AND m.id = n.name_id
        WHERE n.number <= :page) AS items
FROM decided d LEFT JOIN numbered last ON last.number = :page
