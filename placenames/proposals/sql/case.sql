-- One case with everything that stands beside it (JSON object); who may see it is decided by whoever asks.
-- :case_id bigint  the case
-- index: primary keys, ix_opinion_proposal_id, ix_journal_subject, ix_division_version_current
SELECT json_build_object(
    'id', c.id::text, 'version', c.version, 'kind', c.kind, 'state', c.state, 'procedure', c.procedure,
    'class', json_build_object('code', k.code, 'label', k.label, 'approval_category', k.approval_category),
    'division', json_build_object('code', d.code, 'name', d.name, 'path', path.names),
    'name', c.name,
    'proposed', json_build_object(
        'name', c.name, 'specific', c.specific, 'generic', c.generic, 'roman', c.roman, 'plain', c.plain,
        'readings', c.readings, 'readings_certain', c.readings_certain, 'meaning', c.meaning, 'reason', c.reason,
        'location', c.location, 'geometry', ST_AsGeoJSON(c.geom, 7, 0)::json, 'secrecy', c.secrecy),
    'official', CASE WHEN n.id IS NOT NULL THEN json_build_object(
        'place', p.id::text, 'name', n.text, 'roman', n.roman, 'specific', n.specific, 'generic', n.generic,
        'status', n.status, 'location', p.location, 'geometry', ST_AsGeoJSON(coalesce(p.geom, p.point), 7, 0)::json,
        'valid_from', n.valid_from, 'published', n.published_at IS NOT NULL) END,
    'place', c.place_id::text, 'secrecy', c.secrecy,
    'applicant', json_build_object(
        'name', c.applicant_name, 'code', c.applicant_code, 'contact', c.applicant_contact, 'phone', c.applicant_phone),
    'handler', json_build_object(
        'organ', coalesce(bureau.name, h.name || '民政局'), 'division', json_build_object('code', h.code, 'name', h.name)),
    'approver_kind', c.approver_kind, 'approver_division', a.name, 'approver_organ', (
        SELECT o.name FROM foundation.organ o
        WHERE o.kind = c.approver_kind AND o.division_id = c.approver_division_id ORDER BY o.id LIMIT 1),
    'article', c.article,
    'created_at', c.created_at, 'created_by', maker.name, 'changed_at', c.changed_at,
    'findings', c.findings, 'findings_at', c.findings_at,
    'decision', CASE WHEN c.outcome IS NOT NULL THEN json_build_object(
        'outcome', c.outcome,
        'instrument', json_build_object(
            'number', i.number, 'organ', i.organ, 'date', i.dated, 'received', i.received_on,
            'attachment', i.attachment_id::text),
        'recorded_by', recorder.name, 'recorded_at', c.recorded_at, 'decided_by', decider.name,
        'decided_at', c.decided_at, 'confirmed', c.decided_by IS NOT NULL) END,
    'filing', CASE WHEN f.proposal_id IS NOT NULL THEN
        json_build_object('state', f.state, 'due', f.due, 'sent', f.sent) END,
    'announcement', CASE WHEN an.proposal_id IS NOT NULL THEN json_build_object(
        'state', an.state, 'due', an.due, 'issued_on', an.issued_on, 'channels', an.channels, 'content', an.content) END,
    'attachments', coalesce((
        SELECT json_agg(json_build_object(
            'id', t.id::text, 'kind', r.kind, 'name', t.name, 'bytes', t.bytes, 'media_type', t.media_type,
            'secrecy', t.secrecy, 'at', t.at, 'by', w.name, 'by_id', w.id) ORDER BY t.id)
        FROM placenames.proposal_paper r
        JOIN foundation.attachment t ON t.id = r.attachment_id
        JOIN foundation.person w ON w.id = t.person_id
        WHERE r.proposal_id = c.id), '[]'::json),
    'opinions', coalesce((
        SELECT json_agg(json_build_object(
            'id', o.id::text, 'organ', o.organ, 'stance', o.stance, 'text', o.text, 'date', o.dated, 'by', w.name)
            ORDER BY o.id)
        FROM placenames.opinion o JOIN foundation.person w ON w.id = o.recorded_by
        WHERE o.proposal_id = c.id), '[]'::json),
    'timeline', coalesce((
        SELECT json_agg(json_build_object(
            'seq', j.seq, 'at', j.at, 'person', coalesce(w.name, '系统'), 'organ', g.name, 'verb', j.verb,
            'reason', j.reason, 'from', j.before ->> 'state', 'to', j.after ->> 'state') ORDER BY j.seq)
        FROM foundation.journal j
        LEFT JOIN foundation.person w ON w.id = j.person
        LEFT JOIN foundation.organ g ON g.id = j.organ
        WHERE j.subject_kind = 'proposal' AND j.subject_id = c.id), '[]'::json)
)
FROM placenames.proposal c
JOIN placenames.place_class k ON k.label = c.class_label
JOIN foundation.person maker ON maker.id = c.created_by
LEFT JOIN LATERAL (
    SELECT v.code, v.name FROM boundaries.division_version v
    WHERE v.division_id = c.division_id ORDER BY v.valid_to DESC NULLS FIRST LIMIT 1
) d ON true
LEFT JOIN LATERAL (
    SELECT v.code, v.name FROM boundaries.division_version v
    WHERE v.division_id = c.handler_division_id ORDER BY v.valid_to DESC NULLS FIRST LIMIT 1
) h ON true
LEFT JOIN LATERAL (
    SELECT v.name FROM boundaries.division_version v
    WHERE v.division_id = c.approver_division_id ORDER BY v.valid_to DESC NULLS FIRST LIMIT 1
) a ON true
LEFT JOIN LATERAL (
    SELECT o.name FROM foundation.organ o
    WHERE o.kind = 'civil_affairs' AND o.division_id = c.handler_division_id ORDER BY o.id LIMIT 1
) bureau ON true
LEFT JOIN placenames.place p ON p.id = c.place_id
LEFT JOIN placenames.place_name n ON n.id = c.name_id
LEFT JOIN foundation.instrument i ON i.id = c.instrument_id
LEFT JOIN foundation.person recorder ON recorder.id = c.recorded_by
LEFT JOIN foundation.person decider ON decider.id = c.decided_by
LEFT JOIN placenames.filing f ON f.proposal_id = c.id
LEFT JOIN placenames.announcement an ON an.proposal_id = c.id
LEFT JOIN LATERAL (
    WITH RECURSIVE up (name, parent_id, depth) AS (
        (SELECT v.name, v.parent_id, 0 FROM boundaries.division_version v
         WHERE v.division_id = c.division_id ORDER BY v.valid_to DESC NULLS FIRST LIMIT 1)
        UNION ALL
        (SELECT v.name, v.parent_id, up.depth + 1
         FROM up JOIN boundaries.division_version v ON v.division_id = up.parent_id
         ORDER BY v.valid_to DESC NULLS FIRST LIMIT 1)
    )
    SELECT json_agg(name ORDER BY depth DESC) AS names FROM up
) path ON true
WHERE c.id = :case_id
