-- As of a day: places that existed then with a name of one of some forms of a tier (see rows_near.sql).
-- Each with every name it was known by (see past_rows.sql).
-- :forms integer[]  the forms
-- :least integer  the rank below which no place is wanted
-- :tier integer  their tier
-- :division bigint  only within this division (permanent id), or null
-- :classes text[]  only these class labels, or null
-- :west double precision  only within this box (EPSG:4490), or null
-- :south double precision
-- :east double precision
-- :north double precision
-- :lon double precision  where the asker is, or null
-- :lat double precision
-- :home bigint  the division whose places come first among those of one form and rank, or null
-- :after_step integer  the last one of the page before
-- :after_rank integer
-- :after_distance double precision
-- :after_form integer
-- :after_away integer
-- :after_place bigint
-- :count integer  how many
-- :as_of date  the day
-- `inherited` says here that the name had ended by that day; the second half tests what its index is kept for.
-- index: ix_division_version_parent, ix_search_token_form, ix_search_token_former, ix_search_token_place, primary keys
WITH RECURSIVE within (id) AS (
    SELECT :division
    UNION
    SELECT v.division_id FROM within w JOIN published.division_version v ON v.parent_id = w.id
    WHERE v.valid_from <= :as_of AND (v.valid_to IS NULL OR v.valid_to > :as_of)
),
-- Nearly every place has its point in the narrow table of the map; divisions have not.
box AS MATERIALIZED (
    SELECT made AS round, ST_Transform(made, 3857) AS flat
    FROM ST_MakeEnvelope(:west, :south, :east, :north, 4490) AS made
),
asked AS (
    SELECT it.form_id, half.former, 2 * :tier + half.former AS step
    FROM unnest(:forms) AS it (form_id) CROSS JOIN (VALUES (0), (1)) AS half (former)
    WHERE 2 * :tier + half.former >= :after_step
),
found AS (
    SELECT t.* FROM asked CROSS JOIN LATERAL (
        SELECT asked.step, r.form_id, r.place_id, r.rank, far.distance, far.away, r.name_id, r.valid_from, false AS inherited
        FROM published.search_row r
        CROSS JOIN LATERAL (
            SELECT CASE WHEN :lon IS NULL THEN 0 ELSE coalesce((
                       SELECT ST_Distance(p.point::geography, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490)::geography)
                       FROM published.place p WHERE p.id = r.place_id), 1e9) END AS distance,
                   1 - (r.terms @> ARRAY[-:home::integer])::integer AS away
        ) far
        WHERE r.form_id = asked.form_id AND NOT r.inherited
          AND (r.valid_from IS NULL OR r.valid_from <= :as_of) AND (r.valid_to IS NULL OR r.valid_to > :as_of)
          AND EXISTS (
              SELECT FROM published.place_name n
              WHERE n.place_id = r.place_id AND (n.valid_from IS NULL OR n.valid_from <= :as_of)
                AND (n.valid_to IS NULL OR n.valid_to > :as_of))
          AND (:division IS NULL OR EXISTS (
              SELECT FROM published.place p WHERE p.id = r.place_id AND p.division_id IN (SELECT id FROM within)))
          AND (:classes IS NULL OR EXISTS (
              SELECT FROM published.place p WHERE p.id = r.place_id AND p.class_label = ANY (:classes)))
          AND (:west IS NULL OR coalesce(
              (SELECT m.geom && (SELECT flat FROM box) FROM published.map_point m WHERE m.place_id = r.place_id),
              (SELECT p.point && (SELECT round FROM box) FROM published.place p WHERE p.id = r.place_id), false))
          AND r.rank BETWEEN :least AND CASE WHEN asked.step = :after_step THEN :after_rank ELSE 2147483647 END
          AND (asked.step <> :after_step OR r.rank <> :after_rank OR (far.distance, r.form_id, far.away, r.place_id)
              > (:after_distance, :after_form, :after_away, :after_place))
        ORDER BY r.rank DESC FETCH FIRST (:count) ROWS WITH TIES
    ) t
    WHERE asked.former = 0
    UNION ALL
    SELECT t.* FROM asked CROSS JOIN LATERAL (
        SELECT asked.step, r.form_id, r.place_id, r.rank, far.distance, far.away, r.name_id, r.valid_from, true AS inherited
        FROM published.search_row r
        CROSS JOIN LATERAL (
            SELECT CASE WHEN :lon IS NULL THEN 0 ELSE coalesce((
                       SELECT ST_Distance(p.point::geography, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490)::geography)
                       FROM published.place p WHERE p.id = r.place_id), 1e9) END AS distance,
                   1 - (r.terms @> ARRAY[-:home::integer])::integer AS away
        ) far
        WHERE r.form_id = asked.form_id AND NOT r.inherited AND (r.valid_to IS NOT NULL OR r.inherited)
          AND (r.valid_from IS NULL OR r.valid_from <= :as_of) AND r.valid_to <= :as_of
          AND EXISTS (
              SELECT FROM published.place_name n
              WHERE n.place_id = r.place_id AND (n.valid_from IS NULL OR n.valid_from <= :as_of)
                AND (n.valid_to IS NULL OR n.valid_to > :as_of))
          AND (:division IS NULL OR EXISTS (
              SELECT FROM published.place p WHERE p.id = r.place_id AND p.division_id IN (SELECT id FROM within)))
          AND (:classes IS NULL OR EXISTS (
              SELECT FROM published.place p WHERE p.id = r.place_id AND p.class_label = ANY (:classes)))
          AND (:west IS NULL OR coalesce(
              (SELECT m.geom && (SELECT flat FROM box) FROM published.map_point m WHERE m.place_id = r.place_id),
              (SELECT p.point && (SELECT round FROM box) FROM published.place p WHERE p.id = r.place_id), false))
          AND r.rank BETWEEN :least AND CASE WHEN asked.step = :after_step THEN :after_rank ELSE 2147483647 END
          AND (asked.step <> :after_step OR r.rank <> :after_rank OR (far.distance, r.form_id, far.away, r.place_id)
              > (:after_distance, :after_form, :after_away, :after_place))
        ORDER BY r.rank DESC FETCH FIRST (:count) ROWS WITH TIES
    ) t
    WHERE asked.former = 1
)
SELECT h.step, h.form_id, h.place_id, h.rank, h.distance, h.away, h.name_id, h.inherited,
       ARRAY(SELECT b.form_id || CASE WHEN b.valid_to <= :as_of THEN '-' ELSE '+' END || f.text
             FROM published.search_row b JOIN published.search_form f ON f.id = b.form_id
             WHERE b.place_id = h.place_id AND NOT b.inherited
               AND (b.valid_from IS NULL OR b.valid_from <= :as_of)) AS known
FROM (SELECT * FROM found ORDER BY step, rank DESC, distance, form_id, away, place_id, valid_from DESC NULLS LAST, name_id LIMIT :count) h
ORDER BY step, rank DESC, distance, form_id, away, place_id, valid_from DESC NULLS LAST, name_id
