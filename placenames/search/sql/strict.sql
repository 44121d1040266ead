-- The first page of a question of characters at one go: exact, then prefix, then substring, as far as few forms decide it.
-- It answers what `forms.py` and `finding.py` answer step by step, and says where it cannot (`found` too small, not `whole`).
-- :q text  the question, NFKC, without blanks
-- :grams integer[]  the codes of its pairs of characters, or of its only one
-- :beginning text  the hot code of names that begin with it
-- :holding text[]  the hot codes of names that hold it
-- :wanted integer  how many hits are counted
-- :forms integer  how many forms of a tier are looked at: some have no place that is told by them
-- :page integer  how many of them are told
-- index: uq_search_form_text, ix_search_form_grams, uq_search_hot_code, ix_search_top_hot, ix_search_token_form,
-- index: ix_search_token_former, ix_search_token_place, primary keys
WITH same AS MATERIALIZED (SELECT id, rank FROM published.search_form WHERE text = :q),
exact AS MATERIALIZED (
    SELECT 0 AS step, r.rank, r.form_id, r.place_id, r.name_id, r.inherited
    FROM published.search_row r
    WHERE r.form_id = (SELECT id FROM same) AND r.current AND r.valid_to IS NULL AND NOT r.inherited
    ORDER BY r.rank DESC, r.place_id LIMIT :wanted
),
former AS MATERIALIZED (
    SELECT 1 AS step, r.rank, r.form_id, r.place_id, r.name_id, r.inherited
    FROM published.search_row r
    WHERE (SELECT count(*) FROM exact) < :wanted
      AND r.form_id = (SELECT id FROM same) AND r.current AND (r.valid_to IS NOT NULL OR r.inherited)
    ORDER BY r.rank DESC, r.place_id LIMIT :wanted
),
hot AS MATERIALIZED (
    SELECT id, code, least FROM published.search_hot
    WHERE (SELECT count(*) FROM exact) < :wanted AND (code = :beginning OR code = ANY (:holding))
),
beginning AS MATERIALIZED (
    (SELECT id, rank FROM published.search_form
     WHERE (SELECT count(*) FROM exact) < :wanted AND NOT EXISTS (SELECT FROM hot WHERE code = :beginning)
       AND text > :q AND text < :q || chr(1114111)
     ORDER BY rank DESC, id LIMIT :forms)
    UNION ALL
    SELECT t.form_id, t.rank
    FROM hot
    CROSS JOIN LATERAL (
        SELECT t.rank, t.form_id
        FROM published.search_top t JOIN published.search_form f ON f.id = t.form_id
        -- The code speaks for three characters at most.
        WHERE t.hot_id = hot.id AND f.text > :q AND f.text < :q || chr(1114111)
        ORDER BY t.rank DESC, t.form_id LIMIT :forms
    ) t
    WHERE hot.code = :beginning
),
-- Further inside only where all that begin with it are known: else those fill the page.
held AS MATERIALIZED (
    SELECT id FROM hot
    WHERE code <> :beginning AND (SELECT count(*) FROM hot WHERE code <> :beginning) = cardinality(:holding)
    ORDER BY least LIMIT 1
),
inside AS MATERIALIZED (
    (SELECT id, rank FROM published.search_form
     WHERE (SELECT count(*) FROM exact) < :wanted AND NOT EXISTS (SELECT FROM hot WHERE code = :beginning)
       AND (SELECT count(*) FROM beginning) < :forms AND NOT EXISTS (SELECT FROM held)
       AND grams @> :grams AND strpos(text, :q) > 1
     ORDER BY rank DESC, id LIMIT :forms)
    UNION ALL
    SELECT t.form_id, t.rank
    FROM held
    CROSS JOIN LATERAL (
        SELECT t.rank, t.form_id
        FROM published.search_top t JOIN published.search_form f ON f.id = t.form_id
        WHERE t.hot_id = held.id AND strpos(f.text, :q) > 1
          AND NOT EXISTS (SELECT FROM hot WHERE code = :beginning) AND (SELECT count(*) FROM beginning) < :forms
        ORDER BY t.rank DESC, t.form_id LIMIT :forms
    ) t
),
-- The first tier of which forms may be missing, and the last form of it that is known.
missing AS MATERIALIZED (
    (SELECT 1 AS tier, b.rank, b.id FROM (SELECT 1) one
     LEFT JOIN LATERAL (SELECT rank, id FROM beginning ORDER BY rank, id DESC LIMIT 1) b ON true
     WHERE EXISTS (SELECT FROM hot WHERE code = :beginning) OR (SELECT count(*) FROM beginning) >= :forms)
    UNION ALL
    (SELECT 2, i.rank, i.id FROM (SELECT 1) one
     LEFT JOIN LATERAL (SELECT rank, id FROM inside ORDER BY rank, id DESC LIMIT 1) i ON true
     WHERE EXISTS (SELECT FROM held) OR (SELECT count(*) FROM inside) >= :forms)
    ORDER BY tier LIMIT 1
),
asked AS MATERIALIZED (
    SELECT a.tier, a.id, CASE WHEN m.tier = a.tier THEN m.rank ELSE -2147483648 END AS least, m.tier IS NOT DISTINCT FROM a.tier AS last
    FROM (SELECT 1 AS tier, id, rank FROM beginning UNION ALL SELECT 2, id, rank FROM inside) a
    LEFT JOIN missing m ON true
    WHERE m.tier IS NULL OR a.tier <= m.tier
),
hits AS MATERIALIZED (
    SELECT * FROM exact
    UNION ALL
    SELECT * FROM former
    UNION ALL
    SELECT 2 * asked.tier, r.rank, r.form_id, r.place_id, r.name_id, r.inherited
    FROM asked CROSS JOIN LATERAL (
        SELECT r.rank, r.form_id, r.place_id, r.name_id, r.inherited FROM published.search_row r
        WHERE r.form_id = asked.id AND r.current AND r.valid_to IS NULL AND NOT r.inherited AND r.rank >= asked.least
        ORDER BY r.rank DESC, r.place_id LIMIT :wanted
    ) r
    UNION ALL
    SELECT 2 * asked.tier + 1, r.rank, r.form_id, r.place_id, r.name_id, r.inherited
    FROM asked CROSS JOIN LATERAL (
        SELECT r.rank, r.form_id, r.place_id, r.name_id, r.inherited FROM published.search_row r
        WHERE r.form_id = asked.id AND r.current AND (r.valid_to IS NOT NULL OR r.inherited)
        ORDER BY r.rank DESC, r.place_id LIMIT :wanted
    ) r
    WHERE NOT asked.last
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
    WHERE h.step = 0 OR NOT EXISTS (
        SELECT FROM published.search_row b JOIN published.search_form f ON f.id = b.form_id
        WHERE b.place_id = h.place_id AND b.current AND strpos(f.text, :q) > 0
          AND (2 * CASE WHEN f.text = :q THEN 0 WHEN strpos(f.text, :q) = 1 THEN 1 ELSE 2 END
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
       EXISTS (SELECT FROM found WHERE step < 2) AS named,
       last.step, last.rank, last.form_id, last.place_id,
       (SELECT coalesce(json_agg(published.entry(
            p.place_id, p.name, p.roman, coalesce(m.text, p.name),
            CASE WHEN n.inherited THEN 'former' ELSE coalesce(m.kind, p.kind) END, (ARRAY['exact', 'prefix', 'substring'])[n.step / 2 + 1],
            p.class_code, p.class_label, p.division_code, p.path, p.status, ST_X(p.point), ST_Y(p.point), NULL
        ) ORDER BY n.number), '[]'::json)::text
        FROM numbered n
        JOIN published.search_card p ON p.place_id = n.place_id
        -- Mostly it is the leading name, which the card has.
        LEFT JOIN published.place_name m ON n.name_id <> p.name_id AND m.id = n.name_id
        WHERE n.number <= :page) AS items
FROM (SELECT 1) one LEFT JOIN numbered last ON last.number = :page
