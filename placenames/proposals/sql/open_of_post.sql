-- The cases that a post still has to see through, oldest first (one JSON object a row).
-- :post bigint  the post
-- index: ix_proposal_post_id
SELECT json_build_object('id', c.id::text, 'name', c.name, 'state', c.state)
FROM placenames.proposal c
WHERE c.post_id = :post AND c.state NOT IN ('withdrawn', 'archived')
ORDER BY c.id
