-- As of a day: the divisions that had the code, or a code that begins with it, on that day.
-- :q text  the digits
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
-- :as_of date  the day
-- index: ix_division_version_code, uq_place_own_division_id
WITH RECURSIVE within (id) AS (
    SELECT :division
    UNION
    SELECT v.division_id FROM within w JOIN published.division_version v ON v.parent_id = w.id
    WHERE v.valid_from <= :as_of AND (v.valid_to IS NULL OR v.valid_to > :as_of)
)
SELECT h.place_id, h.rank, h.distance, h.code AS shown, 'standard' AS kind
FROM (
    SELECT p.place_id, p.rank, v.code,
           CASE WHEN :lon IS NULL THEN 0 ELSE coalesce(
               ST_Distance(p.point::geography, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490)::geography), 1e9) END AS distance
    FROM published.division_version v
    JOIN published.search_place p ON p.own_division_id = v.division_id
    WHERE v.code >= :q AND v.code < :q || 'z'
      AND v.valid_from <= :as_of AND (v.valid_to IS NULL OR v.valid_to > :as_of)
      AND (:division IS NULL OR v.division_id IN (SELECT id FROM within))
      AND (:classes IS NULL OR p.class_label = ANY (:classes))
      AND (:west IS NULL OR p.point && ST_MakeEnvelope(:west, :south, :east, :north, 4490))
) h
WHERE (-h.rank, h.distance, h.place_id) > (-:after_rank, :after_distance, :after_place)
ORDER BY h.rank DESC, h.distance, h.place_id
LIMIT :count
