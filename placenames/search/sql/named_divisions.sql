-- Divisions of today that some texts name, now or formerly: text, permanent id, and those that contain it.
-- Divisions of today outrank nearly all that is called the same: where none is among the first twenty, none is looked for.
-- One that is no more and has no heir ranks lower: behind twenty namesakes it is not seen.
-- :texts text[]  parts of an address
-- index: uq_search_form_text, ix_search_token_form, primary key of place
WITH named AS MATERIALIZED (
    SELECT id, text FROM published.search_form WHERE text = ANY (:texts)
),
first AS MATERIALIZED (
    SELECT named.id, named.text, p.own_division_id, r.terms
    FROM named
    CROSS JOIN LATERAL (
        SELECT t.place_id, t.terms FROM published.search_row t WHERE t.form_id = named.id AND t.current
        ORDER BY t.rank DESC, t.place_id LIMIT 20
    ) r
    LEFT JOIN published.place p ON p.id = r.place_id AND p.own_division_id IS NOT NULL
),
further AS (
    SELECT many.text, p.own_division_id, r.terms
    FROM (
        SELECT id, text FROM first GROUP BY id, text HAVING count(*) = 20 AND count(own_division_id) > 0
    ) many
    CROSS JOIN LATERAL (
        SELECT t.place_id, t.terms FROM published.search_row t WHERE t.form_id = many.id AND t.current
        ORDER BY t.rank DESC, t.place_id LIMIT 380 OFFSET 20
    ) r
    JOIN published.place p ON p.id = r.place_id AND p.own_division_id IS NOT NULL
)
SELECT DISTINCT text, own_division_id,
       ARRAY(SELECT -t FROM unnest(terms) AS t WHERE t < 0 AND -t <> own_division_id) AS above
FROM (
    SELECT text, own_division_id, terms FROM first WHERE own_division_id IS NOT NULL
    UNION ALL SELECT text, own_division_id, terms FROM further
) found
ORDER BY text, own_division_id
