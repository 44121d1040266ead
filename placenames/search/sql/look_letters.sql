-- The first forms that are read as the letters of the question, tier by tier; and whether very many begin with them.
-- Rows of tier -1 are codes: number, code, least rank.
-- :q text  the question as joined toneless pinyin, v for ü
-- :initials text  its letters as initials
-- :sounding text  the hot code of names that are read to begin with it
-- :mask bigint  only forms of places of some classes (bits), or null
-- :count integer  how many of each tier
-- index: ix_search_sound_pinyin, ix_search_sound_initials, uq_search_hot_code, ix_search_top_hot, primary key of search_form
WITH hot AS MATERIALIZED (SELECT id, code, least FROM published.search_hot WHERE code = :sounding)
SELECT -1 AS tier, id, code AS text, least AS rank FROM hot
UNION ALL
(SELECT DISTINCT ON (rank, form_id) 0, form_id, text, rank FROM published.search_spoken
 WHERE pinyin = :q AND (:mask IS NULL OR classes & :mask <> 0) ORDER BY rank DESC NULLS LAST, form_id LIMIT :count)
UNION ALL
(SELECT DISTINCT ON (rank, form_id) 1, form_id, text, rank FROM published.search_spoken
 WHERE NOT EXISTS (SELECT FROM hot) AND pinyin > :q AND pinyin < :q || chr(1114111)
   AND (:mask IS NULL OR classes & :mask <> 0)
 ORDER BY rank DESC NULLS LAST, form_id LIMIT :count)
UNION ALL
SELECT 1, t.id, t.text, t.rank
FROM hot
CROSS JOIN LATERAL (
    SELECT f.id, f.text, t.rank FROM published.search_top t JOIN published.search_form f ON f.id = t.form_id
    WHERE t.hot_id = hot.id AND (:mask IS NULL OR f.classes & :mask <> 0)
    ORDER BY t.rank DESC, t.form_id LIMIT :count
) t
UNION ALL
(SELECT DISTINCT ON (rank, form_id) 2, form_id, text, rank FROM published.search_spoken
 WHERE initials = :initials AND (:mask IS NULL OR classes & :mask <> 0) ORDER BY rank DESC NULLS LAST, form_id LIMIT :count)
