-- Places within a division or a box whose names have the characters of the question, tier by tier in their order (see rows.sql).
-- :q text  the question, NFKC, without blanks
-- :tier integer  the number of the first of these tiers: as typed, beginning with it, further inside
-- :until integer  no tier from this step on
-- :characters integer[]  the codes of its characters, each once
-- :holding text[]  the hot codes of names that hold each of them
-- :terms integer[]  the division as a negative number, or nothing
-- :areas integer[]  the division as a negative number, or the cells of a box: names within have one of them
-- :classes text[]  only these class labels, or null
-- :mask bigint  their bits, or null
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
-- index: ix_search_token_terms, ix_search_token_place, uq_search_hot_code, primary keys
-- Nearly every place has its point in the narrow table of the map; divisions have not.
WITH box AS MATERIALIZED (
    SELECT made AS round, ST_Transform(made, 3857) AS flat
    FROM ST_MakeEnvelope(:west, :south, :east, :north, 4490) AS made
),
-- All characters of common names are in very many names: to look for each of them takes longer than to look at what
-- the rarest leaves. The rank that the list of a hot one reaches tells how common it is.
rarest AS MATERIALIZED (
    SELECT it.character FROM unnest(:characters, :holding) AS it (character, code)
    LEFT JOIN published.search_hot hot ON hot.code = it.code
    ORDER BY hot.least NULLS FIRST, it.character LIMIT 1
),
inside AS MATERIALIZED (
    SELECT r.form_id, r.place_id, r.rank, r.name_id, r.inherited, known.step,
           CASE WHEN :lon IS NULL AND :home IS NULL THEN 0 ELSE 1 - (r.terms @> ARRAY[-:home::integer])::integer END AS away
    FROM published.search_row r
    JOIN published.search_form f ON f.id = r.form_id
    CROSS JOIN LATERAL (
        SELECT 2 * (:tier + CASE WHEN f.text = :q THEN 0 WHEN strpos(f.text, :q) = 1 THEN 1 ELSE 2 END)
               + (r.valid_to IS NOT NULL OR r.inherited)::integer AS step
    ) known
    WHERE r.terms @> (:terms || ARRAY(SELECT character FROM rarest)) AND r.terms && :areas AND r.current
      AND strpos(f.text, :q) > 0 AND (:mask IS NULL OR f.classes & :mask <> 0) AND known.step < :until
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
      AND (r.step, -r.rank, far.distance, r.form_id, r.away, r.place_id)
          > (:after_step, -:after_rank, :after_distance, :after_form, :after_away, :after_place)
    ORDER BY r.step, r.rank DESC, far.distance, r.form_id, r.away, r.place_id, r.name_id
    LIMIT :count
) h
ORDER BY h.step, h.rank DESC, h.distance, h.form_id, h.away, h.place_id, h.name_id
