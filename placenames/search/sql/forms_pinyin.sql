-- Forms whose whole pinyin is one of those given, best first.
-- :keys text[]  joined toneless pinyin, v for ü
-- :mask bigint  only forms of places of some classes (bits), or null
-- :below_rank integer  the last form of the batch before
-- :below_id integer
-- :count integer  how many
-- index: ix_search_sound_pinyin
SELECT DISTINCT ON (rank, form_id) form_id, text, rank FROM published.search_spoken
WHERE pinyin = ANY (:keys) AND (:mask IS NULL OR classes & :mask <> 0) AND (rank < :below_rank OR (rank = :below_rank AND form_id > :below_id))
ORDER BY rank DESC NULLS LAST, form_id LIMIT :count
