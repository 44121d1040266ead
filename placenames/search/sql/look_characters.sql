-- The first forms that have the characters of the question, tier by tier; and which of its codes very many forms have.
-- Rows of tier -1 are codes: number, code, least rank.
-- :q text  the question, NFKC, without blanks
-- :grams integer[]  the codes of its pairs of characters, or of its only one
-- :beginning text  the hot code of names that begin with it
-- :holding text[]  the hot codes of names that hold it
-- :mask bigint  only forms of places of some classes (bits), or null
-- :count integer  how many of each tier
-- index: uq_search_form_text, ix_search_form_grams, uq_search_hot_code, ix_search_top_hot, primary key of search_form
WITH hot AS MATERIALIZED (
    SELECT id, code, least FROM published.search_hot WHERE code = :beginning OR code = ANY (:holding)
),
held AS MATERIALIZED (
    -- The list of the rarest, where all are hot.
    SELECT id FROM hot WHERE code <> :beginning AND (SELECT count(*) FROM hot WHERE code <> :beginning) = cardinality(:holding)
    ORDER BY least LIMIT 1
)
SELECT -1 AS tier, id, code AS text, least AS rank FROM hot
UNION ALL
(SELECT 0, id, text, rank FROM published.search_form WHERE text = :q AND (:mask IS NULL OR classes & :mask <> 0) ORDER BY rank DESC, id LIMIT :count)
UNION ALL
(SELECT 1, id, text, rank FROM published.search_form
 WHERE NOT EXISTS (SELECT FROM hot WHERE code = :beginning) AND text > :q AND text < :q || chr(1114111)
   AND (:mask IS NULL OR classes & :mask <> 0)
 ORDER BY rank DESC, id LIMIT :count)
UNION ALL
SELECT 1, t.id, t.text, t.rank
FROM hot
CROSS JOIN LATERAL (
    SELECT f.id, f.text, t.rank FROM published.search_top t JOIN published.search_form f ON f.id = t.form_id
    WHERE t.hot_id = hot.id AND (:mask IS NULL OR f.classes & :mask <> 0)
    ORDER BY t.rank DESC, t.form_id LIMIT :count
) t
WHERE hot.code = :beginning
UNION ALL
(SELECT 2, id, text, rank FROM published.search_form
 WHERE NOT EXISTS (SELECT FROM held) AND grams @> :grams AND strpos(text, :q) > 1 AND (:mask IS NULL OR classes & :mask <> 0)
 ORDER BY rank DESC, id LIMIT :count)
UNION ALL
SELECT 2, t.id, t.text, t.rank
FROM held
CROSS JOIN LATERAL (
    SELECT f.id, f.text, t.rank FROM published.search_top t JOIN published.search_form f ON f.id = t.form_id
    WHERE t.hot_id = held.id AND (:mask IS NULL OR f.classes & :mask <> 0)
    ORDER BY t.rank DESC, t.form_id LIMIT :count
) t
