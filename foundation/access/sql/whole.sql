-- Whether some divisions are all that there is today.
-- :covered bigint[]  divisions
-- index: ix_division_version_current
SELECT NOT EXISTS (
    SELECT FROM boundaries.division_version v WHERE v.valid_to IS NULL AND v.division_id <> ALL (:covered))
