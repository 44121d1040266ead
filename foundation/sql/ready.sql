-- Whether the register answers; one row always.
-- index: none
SELECT count(*) FROM published.policy
