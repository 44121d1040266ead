-- Places with a name of one of some forms in their order, the nearest first within a rank: by tier, names in use before former ones, rank, distance, form.
-- Each with every name that it is known by (number of the form, + for a name in use or - for a former one, text).
-- :forms integer[]  the forms
-- :tiers integer[]  the tier of each
-- :leasts integer[]  the rank below which no place of each is wanted
-- :division bigint  only within this division (permanent id), or null
-- :classes text[]  only these class labels, or null
-- :west double precision  only within this box (EPSG:4490), or null
-- :south double precision
-- :east double precision
-- :north double precision
-- :lon double precision  where the asker is
-- :lat double precision
-- :after_step integer  the last one of the page before
-- :after_rank integer
-- :after_distance double precision
-- :after_form integer
-- :after_place bigint
-- :count integer  how many
-- index: ix_search_token_form, ix_search_token_former, ix_search_token_place, primary keys
WITH asked AS MATERIALIZED (SELECT * FROM unnest(:forms, :tiers, :leasts) AS it (form_id, tier, least)),
first AS MATERIALIZED (
    SELECT t.* FROM (SELECT * FROM asked WHERE tier = (SELECT min(tier) FROM asked)) asked CROSS JOIN LATERAL (
        SELECT 2 * asked.tier AS step, r.form_id, r.place_id, r.rank, r.name_id, r.inherited, far.distance
        FROM published.search_row r
        CROSS JOIN LATERAL (
            SELECT coalesce((
                SELECT ST_Distance(p.point::geography, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490)::geography)
                FROM published.place p WHERE p.id = r.place_id), 1e9) AS distance
        ) far
        WHERE r.form_id = asked.form_id AND r.current AND r.valid_to IS NULL AND NOT r.inherited
          AND (:division IS NULL OR r.terms @> ARRAY[-:division::integer])
          AND (:classes IS NULL OR EXISTS (
              SELECT FROM published.place p WHERE p.id = r.place_id AND p.class_label = ANY (:classes)))
          AND (:west IS NULL OR EXISTS (
              SELECT FROM published.place p
              WHERE p.id = r.place_id AND p.point && ST_MakeEnvelope(:west, :south, :east, :north, 4490)))
          AND r.rank >= asked.least AND r.rank <= CASE WHEN 2 * asked.tier = :after_step THEN :after_rank ELSE 2147483647 END
          AND (2 * asked.tier, -r.rank, far.distance, r.form_id, r.place_id)
              > (:after_step, -:after_rank, :after_distance, :after_form, :after_place)
        ORDER BY r.rank DESC, far.distance, r.place_id, r.name_id
        LIMIT :count
    ) t
    WHERE 2 * asked.tier >= :after_step
    UNION ALL
    SELECT t.* FROM (SELECT * FROM asked WHERE tier = (SELECT min(tier) FROM asked)) asked CROSS JOIN LATERAL (
        SELECT 2 * asked.tier + 1 AS step, r.form_id, r.place_id, r.rank, r.name_id, r.inherited, far.distance
        FROM published.search_row r
        CROSS JOIN LATERAL (
            SELECT coalesce((
                SELECT ST_Distance(p.point::geography, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490)::geography)
                FROM published.place p WHERE p.id = r.place_id), 1e9) AS distance
        ) far
        WHERE r.form_id = asked.form_id AND r.current AND (r.valid_to IS NOT NULL OR r.inherited)
          AND (:division IS NULL OR r.terms @> ARRAY[-:division::integer])
          AND (:classes IS NULL OR EXISTS (
              SELECT FROM published.place p WHERE p.id = r.place_id AND p.class_label = ANY (:classes)))
          AND (:west IS NULL OR EXISTS (
              SELECT FROM published.place p
              WHERE p.id = r.place_id AND p.point && ST_MakeEnvelope(:west, :south, :east, :north, 4490)))
          AND r.rank >= asked.least AND r.rank <= CASE WHEN 2 * asked.tier + 1 = :after_step THEN :after_rank ELSE 2147483647 END
          AND (2 * asked.tier + 1, -r.rank, far.distance, r.form_id, r.place_id)
              > (:after_step, -:after_rank, :after_distance, :after_form, :after_place)
        ORDER BY r.rank DESC, far.distance, r.place_id, r.name_id
        LIMIT :count
    ) t
    WHERE 2 * asked.tier + 1 >= :after_step
),
found AS (
    SELECT * FROM first
    UNION ALL
    SELECT t.* FROM (
        SELECT * FROM asked
        WHERE tier > (SELECT min(tier) FROM asked) AND (SELECT count(*) FROM first) < :count
    ) asked CROSS JOIN LATERAL (
        SELECT 2 * asked.tier AS step, r.form_id, r.place_id, r.rank, r.name_id, r.inherited, far.distance
        FROM published.search_row r
        CROSS JOIN LATERAL (
            SELECT coalesce((
                SELECT ST_Distance(p.point::geography, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490)::geography)
                FROM published.place p WHERE p.id = r.place_id), 1e9) AS distance
        ) far
        WHERE r.form_id = asked.form_id AND r.current AND r.valid_to IS NULL AND NOT r.inherited
          AND (:division IS NULL OR r.terms @> ARRAY[-:division::integer])
          AND (:classes IS NULL OR EXISTS (
              SELECT FROM published.place p WHERE p.id = r.place_id AND p.class_label = ANY (:classes)))
          AND (:west IS NULL OR EXISTS (
              SELECT FROM published.place p
              WHERE p.id = r.place_id AND p.point && ST_MakeEnvelope(:west, :south, :east, :north, 4490)))
          AND r.rank >= asked.least AND r.rank <= CASE WHEN 2 * asked.tier = :after_step THEN :after_rank ELSE 2147483647 END
          AND (2 * asked.tier, -r.rank, far.distance, r.form_id, r.place_id)
              > (:after_step, -:after_rank, :after_distance, :after_form, :after_place)
        ORDER BY r.rank DESC, far.distance, r.place_id, r.name_id
        LIMIT :count
    ) t
    WHERE 2 * asked.tier >= :after_step
    UNION ALL
    SELECT t.* FROM (
        SELECT * FROM asked
        WHERE tier > (SELECT min(tier) FROM asked) AND (SELECT count(*) FROM first) < :count
    ) asked CROSS JOIN LATERAL (
        SELECT 2 * asked.tier + 1 AS step, r.form_id, r.place_id, r.rank, r.name_id, r.inherited, far.distance
        FROM published.search_row r
        CROSS JOIN LATERAL (
            SELECT coalesce((
                SELECT ST_Distance(p.point::geography, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490)::geography)
                FROM published.place p WHERE p.id = r.place_id), 1e9) AS distance
        ) far
        WHERE r.form_id = asked.form_id AND r.current AND (r.valid_to IS NOT NULL OR r.inherited)
          AND (:division IS NULL OR r.terms @> ARRAY[-:division::integer])
          AND (:classes IS NULL OR EXISTS (
              SELECT FROM published.place p WHERE p.id = r.place_id AND p.class_label = ANY (:classes)))
          AND (:west IS NULL OR EXISTS (
              SELECT FROM published.place p
              WHERE p.id = r.place_id AND p.point && ST_MakeEnvelope(:west, :south, :east, :north, 4490)))
          AND r.rank >= asked.least AND r.rank <= CASE WHEN 2 * asked.tier + 1 = :after_step THEN :after_rank ELSE 2147483647 END
          AND (2 * asked.tier + 1, -r.rank, far.distance, r.form_id, r.place_id)
              > (:after_step, -:after_rank, :after_distance, :after_form, :after_place)
        ORDER BY r.rank DESC, far.distance, r.place_id, r.name_id
        LIMIT :count
    ) t
    WHERE 2 * asked.tier + 1 >= :after_step
)
SELECT h.step, h.form_id, h.place_id, h.rank, h.distance, h.name_id, h.inherited,
       ARRAY(SELECT b.form_id || CASE WHEN b.valid_to IS NOT NULL OR b.inherited THEN '-' ELSE '+' END || f.text
             FROM published.search_row b JOIN published.search_form f ON f.id = b.form_id
             WHERE b.place_id = h.place_id AND b.current) AS known
FROM (
    SELECT * FROM found h ORDER BY h.step, h.rank DESC, h.distance, h.form_id, h.place_id, h.name_id LIMIT :count
) h
ORDER BY h.step, h.rank DESC, h.distance, h.form_id, h.place_id, h.name_id
