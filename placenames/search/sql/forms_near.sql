-- Forms that may be one character apart from the question, best first.
-- :codes integer[]  codes of what is left of the question without one character, and of itself
-- :texts text[]  the question without one character
-- :mask bigint  only forms of places of some classes (bits), or null
-- :below_rank integer  the last form of the batch before
-- :below_id integer
-- :count integer  how many
-- index: ix_search_form_grams, uq_search_form_text
SELECT id, text, rank FROM published.search_form
WHERE (grams && :codes OR text = ANY (:texts)) AND (:mask IS NULL OR classes & :mask <> 0) AND (rank < :below_rank OR (rank = :below_rank AND id > :below_id))
ORDER BY rank DESC, id LIMIT :count
