-- The first forms that are read as the letters of the question, tier by tier; and whether very many begin with them.
-- Rows of tier -1 are codes: number, code, least rank.
-- :q text  the question as joined toneless pinyin, v for ü
-- :initials text  its letters as initials
-- :sounding text  the hot code of names that are read to begin with it
-- :mask bigint  only forms of places of some classes (bits), or null
-- :count integer  how many of each tier
-- index: ix_search_sound_pinyin, ix_search_sound_initials, uq_search_hot_code, ix_search_top_hot, primary key of search_form
WITH hot AS MATERIALIZED (SELECT id, code, least FROM published.search_hot WHERE code = :sounding),
-- Texts are looked up for those that are told alone.
spoken AS (
    (SELECT DISTINCT ON (s.rank, s.form_id) 0 AS tier, s.form_id, s.rank FROM published.search_spoken s
     WHERE s.pinyin = :q AND (:mask IS NULL OR (SELECT c.classes & :mask <> 0 FROM published.search_form c WHERE c.id = s.form_id))
     ORDER BY s.rank DESC NULLS LAST, s.form_id LIMIT :count)
    UNION ALL
    (SELECT DISTINCT ON (s.rank, s.form_id) 1, s.form_id, s.rank FROM published.search_spoken s
     WHERE NOT EXISTS (SELECT FROM hot) AND s.pinyin > :q AND s.pinyin < :q || chr(1114111)
       AND (:mask IS NULL OR (SELECT c.classes & :mask <> 0 FROM published.search_form c WHERE c.id = s.form_id))
     ORDER BY s.rank DESC NULLS LAST, s.form_id LIMIT :count)
    UNION ALL
    (SELECT DISTINCT ON (s.rank, s.form_id) 2, s.form_id, s.rank FROM published.search_spoken s
     WHERE s.initials = :initials AND (:mask IS NULL OR (SELECT c.classes & :mask <> 0 FROM published.search_form c WHERE c.id = s.form_id))
     ORDER BY s.rank DESC NULLS LAST, s.form_id LIMIT :count)
)
SELECT -1 AS tier, id, code AS text, least AS rank FROM hot
UNION ALL
SELECT s.tier, s.form_id, f.text, s.rank FROM spoken s JOIN published.search_form f ON f.id = s.form_id
UNION ALL
SELECT 1, t.id, t.text, t.rank
FROM hot
CROSS JOIN LATERAL (
    SELECT f.id, f.text, t.rank FROM published.search_top t JOIN published.search_form f ON f.id = t.form_id
    WHERE t.hot_id = hot.id AND (:mask IS NULL OR f.classes & :mask <> 0)
    ORDER BY t.rank DESC, t.form_id LIMIT :count
) t
