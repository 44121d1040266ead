-- The first page of a question of letters at one go: read as them, then read to begin with them, then their initials,
-- as far as few forms decide it (see strict.sql).
-- :q text  the question as joined toneless pinyin, v for ü
-- :sounding text  the hot code of names that are read to begin with it
-- :wanted integer  how many hits are counted
-- :forms integer  how many forms of a tier are looked at: some have no place that is told by them
-- :page integer  how many of them are told
-- index: ix_search_sound_pinyin, ix_search_sound_initials, uq_search_hot_code, ix_search_top_hot, ix_search_token_form,
-- index: ix_search_token_former, ix_search_token_place, ix_search_sound_form, primary keys
WITH same AS MATERIALIZED (
    SELECT DISTINCT ON (rank, form_id) form_id AS id, rank FROM published.search_spoken
    WHERE pinyin = :q ORDER BY rank DESC NULLS LAST, form_id LIMIT :forms
),
exact AS MATERIALIZED (
    SELECT 0 AS step, r.rank, r.form_id, r.place_id, r.name_id, r.inherited
    FROM same CROSS JOIN LATERAL (
        SELECT r.rank, r.form_id, r.place_id, r.name_id, r.inherited FROM published.search_row r
        WHERE r.form_id = same.id AND r.current AND r.valid_to IS NULL AND NOT r.inherited
          AND ((SELECT count(*) FROM same) < :forms OR r.rank >= (SELECT min(rank) FROM same))
        ORDER BY r.rank DESC, r.place_id LIMIT :wanted
    ) r
),
hot AS MATERIALIZED (
    SELECT id FROM published.search_hot WHERE (SELECT count(*) FROM exact) < :wanted AND code = :sounding
),
beginning AS MATERIALIZED (
    (SELECT DISTINCT ON (rank, form_id) form_id AS id, rank FROM published.search_spoken
     WHERE (SELECT count(*) FROM exact) < :wanted AND (SELECT count(*) FROM same) < :forms
       AND NOT EXISTS (SELECT FROM hot) AND pinyin > :q AND pinyin < :q || chr(1114111)
     ORDER BY rank DESC NULLS LAST, form_id LIMIT :forms)
    UNION ALL
    SELECT t.form_id, t.rank
    FROM hot
    CROSS JOIN LATERAL (
        SELECT t.rank, t.form_id FROM published.search_top t
        -- The code speaks for eight letters at most.
        WHERE t.hot_id = hot.id AND EXISTS (
            SELECT FROM published.search_spoken s
            WHERE s.form_id = t.form_id AND s.pinyin > :q AND s.pinyin < :q || chr(1114111))
        ORDER BY t.rank DESC, t.form_id LIMIT :forms
    ) t
),
initials AS MATERIALIZED (
    SELECT DISTINCT ON (rank, form_id) form_id AS id, rank FROM published.search_spoken
    WHERE (SELECT count(*) FROM exact) < :wanted AND (SELECT count(*) FROM same) < :forms
      AND NOT EXISTS (SELECT FROM hot) AND (SELECT count(*) FROM beginning) < :forms AND initials = :q
    ORDER BY rank DESC NULLS LAST, form_id LIMIT :forms
),
-- The first tier of which forms may be missing, and the last form of it that is known.
missing AS MATERIALIZED (
    (SELECT 0 AS tier, rank, id FROM same WHERE (SELECT count(*) FROM same) >= :forms ORDER BY rank, id DESC LIMIT 1)
    UNION ALL
    (SELECT 1, b.rank, b.id FROM (SELECT 1) one
     LEFT JOIN LATERAL (SELECT rank, id FROM beginning ORDER BY rank, id DESC LIMIT 1) b ON true
     WHERE EXISTS (SELECT FROM hot) OR (SELECT count(*) FROM beginning) >= :forms)
    UNION ALL
    (SELECT 2, rank, id FROM initials WHERE (SELECT count(*) FROM initials) >= :forms ORDER BY rank, id DESC LIMIT 1)
    ORDER BY tier LIMIT 1
),
asked AS MATERIALIZED (
    SELECT a.tier, a.id, CASE WHEN m.tier = a.tier THEN m.rank ELSE -2147483648 END AS least, m.tier IS NOT DISTINCT FROM a.tier AS last
    FROM (
        SELECT 0 AS tier, id FROM same UNION ALL SELECT 1, id FROM beginning UNION ALL SELECT 2, id FROM initials
    ) a
    LEFT JOIN missing m ON true
    WHERE m.tier IS NULL OR a.tier <= m.tier
),
hits AS MATERIALIZED (
    SELECT * FROM exact
    UNION ALL
    SELECT 2 * asked.tier, r.rank, r.form_id, r.place_id, r.name_id, r.inherited
    FROM asked CROSS JOIN LATERAL (
        SELECT r.rank, r.form_id, r.place_id, r.name_id, r.inherited FROM published.search_row r
        WHERE r.form_id = asked.id AND r.current AND r.valid_to IS NULL AND NOT r.inherited AND r.rank >= asked.least
        ORDER BY r.rank DESC, r.place_id LIMIT :wanted
    ) r
    WHERE asked.tier > 0
    UNION ALL
    SELECT 2 * asked.tier + 1, r.rank, r.form_id, r.place_id, r.name_id, r.inherited
    FROM asked CROSS JOIN LATERAL (
        SELECT r.rank, r.form_id, r.place_id, r.name_id, r.inherited FROM published.search_row r
        WHERE r.form_id = asked.id AND r.current AND (r.valid_to IS NOT NULL OR r.inherited)
        ORDER BY r.rank DESC, r.place_id LIMIT :wanted
    ) r
    WHERE NOT asked.last AND (SELECT count(*) FROM exact) < :wanted
),
found AS MATERIALIZED (
    SELECT h.* FROM (
        SELECT DISTINCT ON (h.step, h.rank, h.form_id, h.place_id) h.*
        FROM hits h LEFT JOIN missing m ON true
        -- What no form that is missing can come before.
        WHERE m.tier IS NULL OR h.step < 2 * m.tier
           OR (h.step = 2 * m.tier AND (h.rank > m.rank OR (h.rank = m.rank AND h.form_id <= m.id)))
        ORDER BY h.step, h.rank DESC, h.form_id, h.place_id, h.name_id
    ) h
    -- A place is told by the best of all names it is known by.
    WHERE NOT EXISTS (
        SELECT FROM published.search_row b JOIN published.search_spoken s ON s.form_id = b.form_id
        WHERE b.place_id = h.place_id AND b.current
          AND ((s.pinyin >= :q AND s.pinyin < :q || chr(1114111)) OR s.initials = :q)
          AND (2 * CASE WHEN s.pinyin = :q THEN 0 WHEN s.pinyin > :q AND s.pinyin < :q || chr(1114111) THEN 1 ELSE 2 END
               + (b.valid_to IS NOT NULL OR b.inherited)::integer, b.form_id) < (h.step, h.form_id))
    ORDER BY h.step, h.rank DESC, h.form_id, h.place_id
    LIMIT :wanted
),
numbered AS (
    SELECT f.*, row_number() OVER (ORDER BY f.step, f.rank DESC, f.form_id, f.place_id) AS number FROM found f
)
-- A place with two names of one form takes two rows: where that cuts a form short, others would stand in its place.
SELECT CASE WHEN EXISTS (SELECT FROM hits GROUP BY step, form_id
                         HAVING count(*) >= :wanted AND count(DISTINCT place_id) < :wanted)
            THEN 0 ELSE (SELECT count(*) FROM found) END AS found,
       NOT EXISTS (SELECT FROM missing) AND (SELECT count(*) FROM exact) < :wanted
           AND NOT EXISTS (SELECT FROM hits GROUP BY step, form_id HAVING count(*) >= :wanted) AS whole,
       true AS named,
       last.step, last.rank, last.form_id, last.place_id,
       (SELECT coalesce(json_agg(published.entry(
            p.place_id, p.name, p.roman, coalesce(m.text, p.name),
            CASE WHEN n.inherited THEN 'former' ELSE coalesce(m.kind, p.kind) END, (ARRAY['pinyin', 'pinyin', 'initials'])[n.step / 2 + 1],
            p.class_code, p.class_label, p.division_code, p.path, p.status, ST_X(p.point), ST_Y(p.point), NULL
        ) ORDER BY n.number), '[]'::json)::text
        FROM numbered n
        JOIN published.search_card p ON p.place_id = n.place_id
        -- Mostly it is the leading name, which the card has.
        LEFT JOIN published.place_name m ON n.name_id <> p.name_id AND m.id = n.name_id
        WHERE n.number <= :page) AS items
FROM (SELECT 1) one LEFT JOIN numbered last ON last.number = :page
