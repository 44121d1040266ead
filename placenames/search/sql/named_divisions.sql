-- Divisions of today that some texts name, now or formerly: text, permanent id, and those that contain it.
-- :texts text[]  parts of an address
-- index: uq_search_form_text, ix_search_token_form, primary key of place
SELECT DISTINCT f.text, p.own_division_id, ARRAY(SELECT -t FROM unnest(r.terms) AS t WHERE t < 0 AND -t <> p.own_division_id)
FROM published.search_form f
JOIN published.search_row r ON r.form_id = f.id AND r.current
JOIN published.place p ON p.id = r.place_id
WHERE f.text = ANY (:texts) AND p.own_division_id IS NOT NULL
