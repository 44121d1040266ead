-- One paper of a case: hash of its content, media type, name, secrecy, who brought it; no row where it is another's.
-- :case_id bigint  the case
-- :attachment bigint  the paper
-- index: primary keys
SELECT t.sha256, t.media_type, t.name, t.secrecy, t.person_id
FROM placenames.proposal_paper r JOIN foundation.attachment t ON t.id = r.attachment_id
WHERE r.proposal_id = :case_id AND r.attachment_id = :attachment
