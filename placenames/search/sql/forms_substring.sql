-- Forms that hold the question further inside, best first.
-- :q text  the question, NFKC, without blanks
-- :grams integer[]  the codes of its pairs of characters, or of its only one
-- :mask bigint  only forms of places of some classes (bits), or null
-- :below_rank integer  the last form of the batch before
-- :below_id integer
-- :count integer  how many
-- index: ix_search_form_grams
SELECT id, text, rank FROM published.search_form
WHERE grams @> :grams AND strpos(text, :q) > 1 AND (:mask IS NULL OR classes & :mask <> 0) AND (rank < :below_rank OR (rank = :below_rank AND id > :below_id))
ORDER BY rank DESC, id LIMIT :count
