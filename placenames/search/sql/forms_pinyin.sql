-- Forms whose whole pinyin is one of those given, best first.
-- :keys text[]  joined toneless pinyin, v for ü
-- :mask bigint  only forms of places of some classes (bits), or null
-- :below_rank integer  the last form of the batch before
-- :below_id integer
-- :count integer  how many
-- index: ix_search_sound_pinyin, primary key of search_form
SELECT s.form_id, f.text, s.rank
FROM (
    SELECT DISTINCT ON (s.rank, s.form_id) s.form_id, s.rank FROM published.search_spoken s
    WHERE s.pinyin = ANY (:keys)
      AND (:mask IS NULL OR (SELECT c.classes & :mask <> 0 FROM published.search_form c WHERE c.id = s.form_id))
      AND (s.rank < :below_rank OR (s.rank = :below_rank AND s.form_id > :below_id))
    ORDER BY s.rank DESC NULLS LAST, s.form_id LIMIT :count
) s
JOIN published.search_form f ON f.id = s.form_id
ORDER BY s.rank DESC, s.form_id
