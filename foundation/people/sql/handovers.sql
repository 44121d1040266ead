-- The hand-overs that a person gives or receives, newest first (one JSON object a row).
-- :person bigint  whose
-- :only bigint  this one alone, or null
-- index: ix_handover_one_open, ix_handover_receiver_id
SELECT json_build_object(
    'id', h.id::text,
    'post', json_build_object('id', p.id::text, 'title', p.title, 'role', p.role, 'organ', o.name,
                              'division', json_build_object('code', d.code, 'name', d.name)),
    'giver', giver.name, 'receiver', receiver.name, 'state', h.state, 'items', h.items, 'note', h.note,
    'proposed_at', h.proposed_at, 'settled_at', h.settled_at,
    'mine', CASE WHEN h.giver_id = :person THEN 'giver' ELSE 'receiver' END)
FROM foundation.handover h
JOIN foundation.post p ON p.id = h.post_id
JOIN foundation.organ o ON o.id = p.organ_id
JOIN foundation.person giver ON giver.id = h.giver_id
JOIN foundation.person receiver ON receiver.id = h.receiver_id
LEFT JOIN LATERAL (
    SELECT v.code, v.name FROM boundaries.division_version v
    WHERE v.division_id = p.division_id ORDER BY v.valid_to DESC NULLS FIRST LIMIT 1
) d ON true
WHERE (h.giver_id = :person OR h.receiver_id = :person) AND (:only IS NULL OR h.id = :only)
ORDER BY h.id DESC LIMIT 100
