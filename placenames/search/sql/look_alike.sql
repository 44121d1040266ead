-- The first forms of other characters: those that sound alike, and those that are one character apart.
-- :keys text[]  the readings of the question
-- :codes integer[]  codes of what is left of the question without one character, and of itself
-- :texts text[]  the question without one character
-- :mask bigint  only forms of places of some classes (bits), or null
-- :count integer  how many of each tier
-- index: ix_search_sound_pinyin, ix_search_form_grams, uq_search_form_text
(SELECT DISTINCT ON (rank, form_id) 0 AS tier, form_id AS id, text, rank FROM published.search_spoken
 WHERE pinyin = ANY (:keys) AND (:mask IS NULL OR classes & :mask <> 0)
 ORDER BY rank DESC NULLS LAST, form_id LIMIT :count)
UNION ALL
(SELECT 1, id, text, rank FROM published.search_form
 WHERE (grams && :codes OR text = ANY (:texts)) AND (:mask IS NULL OR classes & :mask <> 0)
 ORDER BY rank DESC, id LIMIT :count)
