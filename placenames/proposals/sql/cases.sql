-- The cases that a person sees, newest first: as staff within the divisions of their posts, as an applicant those of
-- their organ (the same rule as `rules.visible`). One JSON object a row.
-- :covered bigint[]  divisions whose cases the person reads
-- :organs bigint[]  organs for which the person applies
-- :decides text[]  kind of organ and division, joined by a colon, for which the person decides
-- :states text[]  only these states
-- :name_part text  part of the name, or null
-- :before bigint  only ids below this one
-- :count integer  how many
-- index: ix_proposal_handler_division_id, ix_proposal_organ_id, pk_proposal
SELECT c.id, c.state, json_build_object(
    'id', c.id::text, 'kind', c.kind, 'state', c.state, 'name', c.name, 'roman', c.roman,
    'class', json_build_object('code', k.code, 'label', k.label),
    'division', json_build_object('code', d.code, 'name', d.name),
    'applicant', c.applicant_name, 'changed_at', c.changed_at,
    'filing', CASE WHEN f.proposal_id IS NOT NULL THEN
        json_build_object('state', f.state, 'due', f.due, 'sent', f.sent) END,
    'announcement', CASE WHEN an.proposal_id IS NOT NULL THEN
        json_build_object('state', an.state, 'due', an.due, 'issued_on', an.issued_on) END
)
FROM placenames.proposal c
JOIN placenames.place_class k ON k.label = c.class_label
LEFT JOIN placenames.filing f ON f.proposal_id = c.id
LEFT JOIN placenames.announcement an ON an.proposal_id = c.id
LEFT JOIN LATERAL (
    SELECT v.code, v.name FROM boundaries.division_version v
    WHERE v.division_id = c.division_id ORDER BY v.valid_to DESC NULLS FIRST LIMIT 1
) d ON true
WHERE (((c.handler_division_id = ANY (:covered) OR c.approver_kind || ':' || c.approver_division_id = ANY (:decides))
        AND (c.state <> 'draft' OR c.post_id IS NOT NULL))
       OR c.organ_id = ANY (:organs))
  AND c.state = ANY (:states)
  AND (:name_part IS NULL OR position(:name_part IN c.name) > 0)
  AND c.id < :before
ORDER BY c.id DESC LIMIT :count
