-- Forms of names within a division or a box that have the characters of the question, best first.
-- :q text  the question, NFKC, without blanks
-- :terms integer[]  the codes of its pairs, and the division as a negative number
-- :areas integer[]  the division as a negative number, or the cells of a box: names within have one of them
-- :below_rank integer  the last form of the batch before
-- :below_id integer
-- :count integer  how many
-- index: ix_search_token_terms, primary key of search_form
SELECT f.id, f.text, f.rank
FROM (SELECT DISTINCT form_id FROM published.search_row WHERE terms @> :terms AND terms && :areas AND current) r
JOIN published.search_form f ON f.id = r.form_id
WHERE strpos(f.text, :q) > 0 AND (f.rank < :below_rank OR (f.rank = :below_rank AND f.id > :below_id))
ORDER BY f.rank DESC, f.id LIMIT :count
