-- The form that is exactly the question.
-- :q text  the question, NFKC, without blanks
-- :mask bigint  only forms of places of some classes (bits), or null
-- :below_rank integer  the last form of the batch before
-- :below_id integer
-- :count integer  how many
-- index: uq_search_form_text
SELECT id, text, rank FROM published.search_form
WHERE text = :q AND (:mask IS NULL OR classes & :mask <> 0) AND (rank < :below_rank OR (rank = :below_rank AND id > :below_id))
ORDER BY rank DESC, id LIMIT :count
