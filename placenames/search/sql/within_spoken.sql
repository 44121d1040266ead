-- Places within a division or a box whose names are read as the letters of the question, tier by tier in their order (see rows.sql).
-- :q text  the question as joined toneless pinyin, v for ü
-- :initials text  its letters as initials
-- :tier integer  the number of the first of these tiers: as pinyin, beginning with it, as initials
-- :until integer  no tier from this step on
-- :terms integer[]  the code of its first letters, those of characters beside the letters, the division as a negative number
-- :areas integer[]  the division as a negative number, or the cells of a box: names within have one of them
-- :classes text[]  only these class labels, or null
-- :west double precision  only within this box (EPSG:4490), or null
-- :south double precision
-- :east double precision
-- :north double precision
-- :lon double precision  where the asker is, or null
-- :lat double precision
-- :home bigint  the division whose places come first among those of one name and rank, or null
-- :after_step integer  the last one of the page before
-- :after_rank integer
-- :after_distance double precision
-- :after_form integer
-- :after_away integer
-- :after_place bigint
-- :count integer  how many
-- index: ix_search_token_terms, ix_search_sound_form, ix_search_token_place, primary keys
-- Nearly every place has its point in the narrow table of the map; divisions have not.
WITH box AS MATERIALIZED (
    SELECT made AS round, ST_Transform(made, 3857) AS flat
    FROM ST_MakeEnvelope(:west, :south, :east, :north, 4490) AS made
),
inside AS MATERIALIZED (
    SELECT r.form_id, r.place_id, r.rank, r.name_id, r.inherited,
           CASE WHEN :lon IS NULL AND :home IS NULL THEN 0 ELSE 1 - (r.terms @> ARRAY[-:home::integer])::integer END AS away,
           2 * (:tier + heard.tier) + (r.valid_to IS NOT NULL OR r.inherited)::integer AS step
    FROM published.search_row r
    CROSS JOIN LATERAL (
        SELECT min(CASE WHEN s.pinyin = :q THEN 0 WHEN starts_with(s.pinyin, :q) THEN 1 ELSE 2 END) AS tier
        FROM published.search_spoken s
        WHERE s.form_id = r.form_id AND (starts_with(s.pinyin, :q) OR s.initials = :initials)
    ) heard
    WHERE r.terms @> :terms AND r.terms && :areas AND r.current AND heard.tier IS NOT NULL
)
SELECT h.step, h.form_id, h.place_id, h.rank, h.distance, h.away, h.name_id, h.inherited,
       ARRAY(SELECT b.form_id || CASE WHEN b.valid_to IS NOT NULL OR b.inherited THEN '-' ELSE '+' END || f.text
             FROM published.search_row b JOIN published.search_form f ON f.id = b.form_id
             WHERE b.place_id = h.place_id AND b.current) AS known
FROM (
    SELECT r.*, far.distance
    FROM inside r
    CROSS JOIN LATERAL (
        SELECT CASE WHEN :lon IS NULL THEN 0 ELSE coalesce((
            SELECT ST_Distance(p.point::geography, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490)::geography)
            FROM published.place p WHERE p.id = r.place_id), 1e9) END AS distance
    ) far
    WHERE (:classes IS NULL OR EXISTS (
          SELECT FROM published.place p WHERE p.id = r.place_id AND p.class_label = ANY (:classes)))
      AND (:west IS NULL OR coalesce(
          (SELECT m.geom && (SELECT flat FROM box) FROM published.map_point m WHERE m.place_id = r.place_id),
          (SELECT p.point && (SELECT round FROM box) FROM published.place p WHERE p.id = r.place_id), false))
      AND r.step < :until
      AND (r.step, -r.rank, far.distance, r.form_id, r.away, r.place_id)
          > (:after_step, -:after_rank, :after_distance, :after_form, :after_away, :after_place)
    ORDER BY r.step, r.rank DESC, far.distance, r.form_id, r.away, r.place_id, r.name_id
    LIMIT :count
) h
ORDER BY h.step, h.rank DESC, h.distance, h.form_id, h.away, h.place_id, h.name_id
