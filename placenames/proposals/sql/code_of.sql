-- The code of a division today; no row where it has ended.
-- :division bigint  permanent id
-- index: ix_division_version_current
SELECT code FROM boundaries.division_version WHERE division_id = :division AND valid_to IS NULL
