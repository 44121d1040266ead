-- What the rules ask of some cases: where they stand, whose they are, what stands beside them. One row a case, with
-- the columns of `rules.Facts` in their order.
-- :ids bigint[]  the cases
-- index: primary keys, ix_division_version_current
SELECT c.id, c.state, c.handler_division_id, c.approver_kind, c.approver_division_id, c.organ_id, c.post_id,
       c.created_by, c.submitted_by, c.recorded_by, c.outcome, c.secrecy, c.findings IS NOT NULL, c.state_before,
       ARRAY(SELECT given.word FROM (VALUES
           (c.name, '名称'), (c.specific, '专名'), (c.generic, '通名'), (c.meaning, '含义'), (c.reason, '命名理由'),
           (c.location, '位置说明'), (c.applicant_name, '申请单位'), (c.applicant_contact, '联系人')
       ) AS given (value, word) WHERE given.value = '')
           || ARRAY(SELECT '“' || missed || '”的读音' FROM unnest(c.readings) AS missed
                    WHERE position(missed IN c.name) > 0),
       f.state, a.state,
       coalesce(i.attachment_id IS NOT NULL, false)
           -- What the applicant calls a scan of the reply is not one.
           OR EXISTS (SELECT FROM placenames.proposal_paper p
                      JOIN foundation.attachment t ON t.id = p.attachment_id
                      WHERE p.proposal_id = c.id AND p.kind = '批文扫描件'
                        AND NOT EXISTS (SELECT FROM foundation.post_grant g JOIN foundation.post s ON s.id = g.post_id
                                        WHERE g.person_id = t.person_id AND s.role = 'applicant')),
       json_build_object(
           'standard_name', c.name, 'roman', c.roman, 'division', coalesce(path.names, ''), 'location', c.location,
           'approver', coalesce(i.organ, ''), 'approved_on', coalesce(i.dated::text, ''))
FROM placenames.proposal c
LEFT JOIN placenames.filing f ON f.proposal_id = c.id
LEFT JOIN placenames.announcement a ON a.proposal_id = c.id
LEFT JOIN foundation.instrument i ON i.id = c.instrument_id
LEFT JOIN LATERAL (
    WITH RECURSIVE up (name, parent_id, depth) AS (
        SELECT v.name, v.parent_id, 0 FROM boundaries.division_version v
        WHERE v.division_id = c.division_id AND v.valid_to IS NULL
        UNION ALL
        SELECT v.name, v.parent_id, up.depth + 1
        FROM up JOIN boundaries.division_version v ON v.division_id = up.parent_id AND v.valid_to IS NULL
    )
    SELECT string_agg(name, '' ORDER BY depth DESC) AS names FROM up
) path ON true
WHERE c.id = ANY (:ids)
ORDER BY c.id DESC
