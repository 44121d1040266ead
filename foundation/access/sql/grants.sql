-- The posts that a person holds at an instant, with the divisions that each acts for and those that it reads.
-- A post follows lineage: a unit that ended and went whole into the post's division is the post's now; what lay
-- below an ended unit stays readable.
-- :person bigint  whose
-- :at timestamptz  when
-- index: ix_post_grant_person_id, ix_division_lineage_to, ix_division_version_parent, ix_division_version_current
WITH RECURSIVE held AS (
    SELECT g.id, g.stand_in, g.post_id, p.role, p.title, p.organ_id, p.division_id
    FROM foundation.post_grant g JOIN foundation.post p ON p.id = g.post_id
    WHERE g.person_id = :person AND g.from_at <= :at AND (g.until_at IS NULL OR g.until_at > :at)
), own (grant_id, division_id) AS (
    SELECT id, division_id FROM held
    UNION
    SELECT o.grant_id, f.division_id
    FROM own o
    JOIN boundaries.division_version t ON t.division_id = o.division_id
    JOIN boundaries.division_lineage l ON l.to_version_id = t.id AND l.relation IN ('continued', 'merged')
    JOIN boundaries.division_version f ON f.id = l.from_version_id
    WHERE NOT EXISTS (SELECT FROM boundaries.division_version c
                      WHERE c.division_id = f.division_id AND c.valid_to IS NULL)
      -- Whole: nothing of it went elsewhere.
      AND NOT EXISTS (SELECT FROM boundaries.division_lineage p
                      WHERE p.from_version_id = f.id AND p.relation IN ('part', 'split'))
), covered (grant_id, division_id) AS (
    SELECT grant_id, division_id FROM own
    UNION
    SELECT c.grant_id, v.division_id
    FROM covered c
    JOIN boundaries.division_version v ON v.parent_id = c.division_id
    -- Now, or at its end: who was its superior before has no part in it.
    WHERE NOT EXISTS (SELECT FROM boundaries.division_version n
                      WHERE n.division_id = v.division_id AND n.valid_from > v.valid_from)
)
SELECT h.post_id, h.role, h.title, h.organ_id, o.name, o.kind, o.division_id, h.division_id,
       coalesce(d.code, ''), coalesce(d.name, ''), h.stand_in,
       ARRAY(SELECT w.division_id FROM own w WHERE w.grant_id = h.id),
       ARRAY(SELECT c.division_id FROM covered c WHERE c.grant_id = h.id)
FROM held h
JOIN foundation.organ o ON o.id = h.organ_id
LEFT JOIN LATERAL (
    SELECT v.code, v.name FROM boundaries.division_version v
    WHERE v.division_id = h.division_id ORDER BY v.valid_from DESC LIMIT 1
) d ON true
ORDER BY h.stand_in, h.id
