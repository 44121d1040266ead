-- Forms in the list of a hot code, best first.
-- :hot integer  the number of the code
-- :mask bigint  only forms of places of some classes (bits), or null
-- :below_rank integer  the last form of the batch before
-- :below_id integer
-- :count integer  how many
-- index: ix_search_top_hot, primary key of search_form
SELECT f.id, f.text, t.rank
FROM published.search_top t JOIN published.search_form f ON f.id = t.form_id
WHERE t.hot_id = :hot AND (:mask IS NULL OR f.classes & :mask <> 0)
  AND (t.rank < :below_rank OR (t.rank = :below_rank AND t.form_id > :below_id))
ORDER BY t.rank DESC, t.form_id LIMIT :count
