-- Forms of names within a small division or box by their readings, best first.
-- :terms integer[]  the division as a negative number, or nothing
-- :areas integer[]  the division as a negative number, or the cells of a box: names within have one of them
-- :low text  pinyin from here on
-- :high text  up to here
-- :initials text  or these initials
-- :below_rank integer  the last form of the batch before
-- :below_id integer
-- :count integer  how many
-- index: ix_search_token_terms, ix_search_sound_form
SELECT DISTINCT ON (s.rank, s.form_id) s.form_id, s.text, s.rank
FROM (SELECT DISTINCT form_id FROM published.search_row WHERE terms @> :terms AND terms && :areas AND current) r
JOIN published.search_spoken s ON s.form_id = r.form_id
WHERE (s.pinyin BETWEEN :low AND :high OR s.initials = :initials)
  AND (s.rank < :below_rank OR (s.rank = :below_rank AND s.form_id > :below_id))
ORDER BY s.rank DESC NULLS LAST, s.form_id LIMIT :count
