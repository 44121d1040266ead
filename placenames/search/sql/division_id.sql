-- The permanent id of the division that has a code on a day, and its level.
-- :code text  six digits
-- :as_of date  the day
-- index: ix_division_version_code
SELECT division_id, level FROM published.division_version
WHERE code = :code AND valid_from <= :as_of AND (valid_to IS NULL OR valid_to > :as_of)
