-- Places with a name of one of some forms of a tier in their order: names in use before former ones, rank, form, place.
-- Each with every name that it is known by (number of the form, + for a name in use or - for a former one, text).
-- :forms integer[]  the forms
-- :least integer  the rank below which no place is wanted
-- :tier integer  their tier
-- :division bigint  only within this division (permanent id), or null
-- :classes text[]  only these class labels, or null
-- :west double precision  only within this box (EPSG:4490), or null
-- :south double precision
-- :east double precision
-- :north double precision
-- :after_step integer  the last one of the page before
-- :after_rank integer
-- :after_form integer
-- :after_place bigint
-- :count integer  how many
-- index: ix_search_token_form, ix_search_token_former, ix_search_token_place, primary keys
-- Nearly every place has its point in the narrow table of the map; divisions have not.
WITH box AS MATERIALIZED (
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
        SELECT asked.step, r.form_id, r.place_id, r.rank, 0::double precision AS distance, 0 AS away, r.name_id, r.inherited
        FROM published.search_row r
        WHERE r.form_id = asked.form_id AND r.current AND r.valid_to IS NULL AND NOT r.inherited
          AND (:division IS NULL OR r.terms @> ARRAY[-:division::integer])
          AND (:classes IS NULL OR EXISTS (
              SELECT FROM published.place p WHERE p.id = r.place_id AND p.class_label = ANY (:classes)))
          AND (:west IS NULL OR coalesce(
              (SELECT m.geom && (SELECT flat FROM box) FROM published.map_point m WHERE m.place_id = r.place_id),
              (SELECT p.point && (SELECT round FROM box) FROM published.place p WHERE p.id = r.place_id), false))
          AND r.rank BETWEEN :least AND CASE WHEN asked.step = :after_step THEN :after_rank ELSE 2147483647 END
          AND (asked.step <> :after_step OR (-r.rank, r.form_id, r.place_id) > (-:after_rank, :after_form, :after_place))
        ORDER BY r.rank DESC, r.place_id LIMIT :count
    ) t
    WHERE asked.former = 0
    UNION ALL
    SELECT t.* FROM asked CROSS JOIN LATERAL (
        SELECT asked.step, r.form_id, r.place_id, r.rank, 0::double precision AS distance, 0 AS away, r.name_id, r.inherited
        FROM published.search_row r
        WHERE r.form_id = asked.form_id AND r.current AND (r.valid_to IS NOT NULL OR r.inherited)
          AND (:division IS NULL OR r.terms @> ARRAY[-:division::integer])
          AND (:classes IS NULL OR EXISTS (
              SELECT FROM published.place p WHERE p.id = r.place_id AND p.class_label = ANY (:classes)))
          AND (:west IS NULL OR coalesce(
              (SELECT m.geom && (SELECT flat FROM box) FROM published.map_point m WHERE m.place_id = r.place_id),
              (SELECT p.point && (SELECT round FROM box) FROM published.place p WHERE p.id = r.place_id), false))
          AND r.rank BETWEEN :least AND CASE WHEN asked.step = :after_step THEN :after_rank ELSE 2147483647 END
          AND (asked.step <> :after_step OR (-r.rank, r.form_id, r.place_id) > (-:after_rank, :after_form, :after_place))
        ORDER BY r.rank DESC, r.place_id LIMIT :count
    ) t
    WHERE asked.former = 1
)
SELECT h.step, h.form_id, h.place_id, h.rank, h.distance, h.away, h.name_id, h.inherited,
       ARRAY(SELECT b.form_id || CASE WHEN b.valid_to IS NOT NULL OR b.inherited THEN '-' ELSE '+' END || f.text
             FROM published.search_row b JOIN published.search_form f ON f.id = b.form_id
             WHERE b.place_id = h.place_id AND b.current) AS known
FROM (SELECT * FROM found ORDER BY step, rank DESC, distance, form_id, away, place_id, name_id LIMIT :count) h
ORDER BY step, rank DESC, distance, form_id, away, place_id, name_id
