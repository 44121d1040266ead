-- Forms of names within a division that have all of some pairs of characters, best first.
-- :terms integer[]  the division as a negative number with the codes of the pairs
-- :below_rank integer  the last form of the batch before
-- :below_id integer
-- :count integer  how many
-- index: ix_search_token_terms, primary key of search_form
SELECT f.id, f.text, f.rank
FROM (SELECT DISTINCT form_id FROM published.search_row WHERE terms @> :terms AND current) r
JOIN published.search_form f ON f.id = r.form_id
WHERE f.rank < :below_rank OR (f.rank = :below_rank AND f.id > :below_id)
ORDER BY f.rank DESC, f.id LIMIT :count
