-- Lines of the journal within an auditor's divisions, oldest first (one JSON object a row): acts on cases and places
-- there and acts of organs there; what nobody's organ did (loaders, schedules, people) for whoever audits the whole.
-- :covered bigint[]  divisions
-- :whole boolean  whether they are all there is
-- :kind text  kind of subject, or null
-- :subject bigint  its id, or null
-- :login text  whose acts, or null
-- :after bigint  only above this seq
-- :count integer  how many
-- index: pk_journal, ix_journal_subject
SELECT json_build_object(
    'seq', j.seq, 'at', j.at, 'verb', j.verb, 'subject', j.subject_kind || ':' || j.subject_id, 'reason', j.reason,
    'person', CASE WHEN p.id IS NOT NULL THEN json_build_object('login', p.login, 'name', p.name) END,
    'organ', o.name, 'before', j.before, 'after', j.after, 'hash', encode(j.hash, 'hex'))
FROM foundation.journal j
LEFT JOIN foundation.person p ON p.id = j.person
LEFT JOIN foundation.organ o ON o.id = j.organ
LEFT JOIN placenames.proposal c ON j.subject_kind = 'proposal' AND c.id = j.subject_id
LEFT JOIN placenames.place l ON j.subject_kind = 'place' AND l.id = j.subject_id
WHERE j.seq > :after
  AND (:kind IS NULL OR j.subject_kind = :kind) AND (:subject IS NULL OR j.subject_id = :subject)
  AND (:login IS NULL OR p.login = :login)
  -- What an applicant still writes is nobody else's.
  AND (c.id IS NULL OR c.state <> 'draft' OR c.post_id IS NOT NULL)
  AND (:whole OR c.handler_division_id = ANY (:covered) OR l.division_id = ANY (:covered)
       OR o.division_id = ANY (:covered))
ORDER BY j.seq LIMIT :count
