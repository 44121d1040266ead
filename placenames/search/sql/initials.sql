-- Places with a name whose syllables begin with the letters of the question, best first; those found by pinyin are left out.
-- :q text  the question as lower-case letters
-- :division bigint  only within this division (permanent id), or null
-- :classes text[]  only these class labels, or null
-- :west double precision  only within this box (EPSG:4490), or null
-- :south double precision
-- :east double precision
-- :north double precision
-- :lon double precision  where the asker is, or null
-- :lat double precision
-- :after_rank integer  the last one of the page before
-- :after_distance double precision
-- :after_place bigint
-- :count integer  how many
-- index: ix_search_sound_initials, ix_search_token_form, ix_search_token_place
SELECT h.place_id, h.rank, h.distance, h.shown, h.kind
FROM (
    SELECT DISTINCT ON (t.place_id) t.place_id, t.rank, t.shown, t.kind,
           CASE WHEN :lon IS NULL THEN 0 ELSE coalesce(
               ST_Distance(p.point::geography, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490)::geography), 1e9) END AS distance
    FROM published.search_sound t JOIN published.search_place p ON p.place_id = t.place_id
    WHERE t.current AND t.initials = :q
      AND (:division IS NULL OR t.terms @> ARRAY[-:division::integer])
      AND (:classes IS NULL OR p.class_label = ANY (:classes))
      AND (:west IS NULL OR p.point && ST_MakeEnvelope(:west, :south, :east, :north, 4490))
      AND NOT EXISTS (SELECT FROM published.search_sound b
                      WHERE b.place_id = t.place_id AND b.current AND starts_with(b.pinyin, :q))
    ORDER BY t.place_id, t.kind <> 'standard', t.inherited, t.valid_from DESC NULLS LAST, t.name_id
) h
WHERE (-h.rank, h.distance, h.place_id) > (-:after_rank, :after_distance, :after_place)
ORDER BY h.rank DESC, h.distance, h.place_id
LIMIT :count
