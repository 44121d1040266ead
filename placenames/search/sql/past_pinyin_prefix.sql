-- As of a day: places with a name whose pinyin begins with the question and goes on, best first; whole matches are left out.
-- :q text  the question as joined toneless pinyin, v for ü
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
-- :as_of date  the day: places that existed then, by names that had come up by then
-- index: ix_division_version_parent, ix_search_sound_pinyin, ix_search_token_form, ix_search_token_place
WITH RECURSIVE within (id) AS (
    SELECT :division
    UNION
    SELECT v.division_id FROM within w JOIN published.division_version v ON v.parent_id = w.id
    WHERE v.valid_from <= :as_of AND (v.valid_to IS NULL OR v.valid_to > :as_of)
)
SELECT h.place_id, h.rank, h.distance, h.shown, h.kind
FROM (
    SELECT DISTINCT ON (t.place_id) t.place_id, t.rank, t.shown,
           CASE WHEN t.valid_to <= :as_of THEN 'former' WHEN t.kind IN ('former', 'historic') THEN 'standard' ELSE t.kind END AS kind,
           CASE WHEN :lon IS NULL THEN 0 ELSE coalesce(
               ST_Distance(p.point::geography, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490)::geography), 1e9) END AS distance
    FROM published.search_sound t JOIN published.search_place p ON p.place_id = t.place_id
    WHERE NOT t.inherited AND (t.valid_from IS NULL OR t.valid_from <= :as_of) AND t.pinyin > :q AND t.pinyin < :q || chr(1114111)
      AND EXISTS (SELECT FROM published.place_name n
                  WHERE n.place_id = p.place_id AND (n.valid_from IS NULL OR n.valid_from <= :as_of)
                    AND (n.valid_to IS NULL OR n.valid_to > :as_of))
      AND (:division IS NULL OR p.division_id IN (SELECT id FROM within))
      AND (:classes IS NULL OR p.class_label = ANY (:classes))
      AND (:west IS NULL OR p.point && ST_MakeEnvelope(:west, :south, :east, :north, 4490))
      AND NOT EXISTS (SELECT FROM published.search_sound b
                      WHERE b.place_id = t.place_id AND NOT b.inherited AND (b.valid_from IS NULL OR b.valid_from <= :as_of) AND b.pinyin = :q)
    ORDER BY t.place_id, coalesce(t.valid_to <= :as_of, false), t.valid_from DESC NULLS LAST, t.name_id
) h
WHERE (-h.rank, h.distance, h.place_id) > (-:after_rank, :after_distance, :after_place)
ORDER BY h.rank DESC, h.distance, h.place_id
LIMIT :count
