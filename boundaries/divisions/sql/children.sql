-- The divisions directly below one on a day, by code (JSON array).
-- :parent text  code of the superior on that day
-- :as_of date  the day
-- :after_code text  the last code of the page before, or an empty text
-- :count integer  how many
-- index: ix_division_version_parent, ix_division_version_code
SELECT coalesce(json_agg(json_build_object(
    'id', c.division_id::text, 'code', c.code, 'name', c.name, 'level', c.level, 'type', c.type,
    'valid_from', c.valid_from, 'from_precision', c.from_precision, 'valid_to', c.valid_to,
    'place', c.place_id::text
) ORDER BY c.code), '[]'::json)::text, max(c.code), count(*)
FROM (
    SELECT v.*, p.place_id
    FROM published.division_version v
    LEFT JOIN published.search_place p ON p.own_division_id = v.division_id
    WHERE v.valid_from <= :as_of AND (v.valid_to IS NULL OR v.valid_to > :as_of) AND v.code > :after_code
      AND v.parent_id = (
          SELECT s.division_id FROM published.division_version s
          WHERE s.code = :parent AND s.valid_from <= :as_of AND (s.valid_to IS NULL OR s.valid_to > :as_of)
      )
    ORDER BY v.code LIMIT :count
) c
