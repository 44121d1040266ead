-- Forms in the list of a hot code, best first.
-- :hot integer  the number of the code
-- :below_rank integer  the last form of the batch before
-- :below_id integer
-- :count integer  how many
-- index: ix_search_top_hot, primary key of search_form
SELECT f.id, f.text, t.rank
FROM (
    SELECT rank, form_id FROM published.search_top
    WHERE hot_id = :hot AND (rank < :below_rank OR (rank = :below_rank AND form_id > :below_id))
    ORDER BY rank DESC, form_id LIMIT :count
) t JOIN published.search_form f ON f.id = t.form_id
ORDER BY t.rank DESC, t.form_id
