-- The first forms of other characters: those that sound alike, and those that are one character apart.
-- :keys text[]  the readings of the question
-- :codes integer[]  codes of what is left of the question without one character, and of itself
-- :texts text[]  the question without one character
-- :mask bigint  only forms of places of some classes (bits), or null
-- :count integer  how many of each tier
-- index: ix_search_sound_pinyin, ix_search_form_grams, uq_search_form_text, primary key of search_form
SELECT 0 AS tier, f.id, f.text, s.rank
FROM (
    SELECT DISTINCT ON (s.rank, s.form_id) s.form_id, s.rank FROM published.search_spoken s
    WHERE s.pinyin = ANY (:keys)
      AND (:mask IS NULL OR (SELECT c.classes & :mask <> 0 FROM published.search_form c WHERE c.id = s.form_id))
    ORDER BY s.rank DESC NULLS LAST, s.form_id LIMIT :count
) s
JOIN published.search_form f ON f.id = s.form_id
UNION ALL
(SELECT 1, id, text, rank FROM published.search_form
 WHERE (grams && :codes OR text = ANY (:texts)) AND (:mask IS NULL OR classes & :mask <> 0)
 ORDER BY rank DESC, id LIMIT :count)
