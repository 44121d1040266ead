-- As of a day: the divisions that had the code, or a code that begins with it, on that day.
-- :q text  the digits
-- :division bigint  only within this division (permanent id), or null
-- :after_rank integer  the last one of the page before
-- :after_place bigint
-- :count integer  how many
-- :as_of date  the day
-- index: ix_division_version_code, uq_place_own_division_id
SELECT p.place_id, p.rank, 0::double precision AS distance, v.code AS shown, 'standard' AS kind
FROM published.division_version v
JOIN published.search_place p ON p.own_division_id = v.division_id
WHERE v.code >= :q AND v.code < :q || 'z'
  AND v.valid_from <= :as_of AND (v.valid_to IS NULL OR v.valid_to > :as_of)
  AND (:division IS NULL OR p.divisions @> ARRAY[:division])
  AND (-p.rank, p.place_id) > (-:after_rank, :after_place)
ORDER BY p.rank DESC, p.place_id
LIMIT :count
