-- The sign-in that a secret opens, with its person; expired and ended ones too, so that each can be told.
-- :digest bytea  SHA-256 of the cookie's or the token's secret
-- index: uq_sign_in_cookie_digest, uq_sign_in_token_digest
SELECT s.id, s.person_id, p.login, p.name, p.active, s.csrf, s.expires_at, s.ended_at
FROM foundation.sign_in s JOIN foundation.person p ON p.id = s.person_id
WHERE s.cookie_digest = :digest OR s.token_digest = :digest
