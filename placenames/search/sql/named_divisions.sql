-- Divisions of today that some texts name, now or formerly: text, permanent id, and those that contain it.
-- A division outranks the places that are called the same, so it is among the first of its form.
-- :texts text[]  parts of an address
-- index: uq_search_form_text, ix_search_token_form, primary key of place
SELECT DISTINCT f.text, p.own_division_id,
       ARRAY(SELECT -t FROM unnest(r.terms) AS t WHERE t < 0 AND -t <> p.own_division_id) AS above
FROM published.search_form f
CROSS JOIN LATERAL (
    SELECT t.place_id, t.terms FROM published.search_row t WHERE t.form_id = f.id AND t.current
    ORDER BY t.rank DESC, t.place_id LIMIT 400
) r
JOIN published.place p ON p.id = r.place_id
WHERE f.text = ANY (:texts) AND p.own_division_id IS NOT NULL
ORDER BY f.text, p.own_division_id
