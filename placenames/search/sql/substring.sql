-- Places with a name that holds the question further inside, best first; those found by a better tier are left out.
-- :q text  the question, NFKC, without blanks
-- :grams integer[]  the codes of its pairs of characters, or of its only one
-- :terms integer[]  the division as a negative number with the codes of the question's pairs, or null for everywhere
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
-- index: ix_search_form_grams, ix_search_token_form; within a division ix_search_token_terms, ix_search_token_place
SELECT h.place_id, h.rank, h.distance, h.shown, h.kind
FROM (
    SELECT DISTINCT ON (t.place_id) t.place_id, t.rank, t.shown, t.kind,
           CASE WHEN :lon IS NULL THEN 0 ELSE coalesce(
               ST_Distance(p.point::geography, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490)::geography), 1e9) END AS distance
    FROM published.search_token t JOIN published.search_place p ON p.place_id = t.place_id
    WHERE t.current AND t.grams @> :grams AND strpos(t.text, :q) > 1
      AND (:terms IS NULL OR t.terms @> :terms)
      AND (:classes IS NULL OR p.class_label = ANY (:classes))
      AND (:west IS NULL OR p.point && ST_MakeEnvelope(:west, :south, :east, :north, 4490))
      AND NOT EXISTS (SELECT FROM published.search_token b
                      WHERE b.place_id = t.place_id AND b.current AND starts_with(b.text, :q))
    ORDER BY t.place_id, t.kind <> 'standard', t.inherited, t.valid_from DESC NULLS LAST, t.name_id
) h
WHERE (-h.rank, h.distance, h.place_id) > (-:after_rank, :after_distance, :after_place)
ORDER BY h.rank DESC, h.distance, h.place_id
LIMIT :count
