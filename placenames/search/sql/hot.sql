-- Which of some codes very many forms have, and the rank down to which their forms are listed.
-- :codes text[]  what the question holds and begins with
-- index: uq_search_hot_code
SELECT code, id, least FROM published.search_hot WHERE code = ANY (:codes)
