-- Divisions that have or had the code, or whose present code begins with it; an abolished one answers with its heirs.
-- :q text  the digits
-- :division bigint  only within this division (permanent id), or null
-- :classes text[]  only these class labels, or null
-- :west double precision  only within this box (EPSG:4490), or null
-- :south double precision
-- :east double precision
-- :north double precision
-- :lon double precision  where the asker is, or null
-- :lat double precision
-- :after_rank integer  the last one of the page before
-- :after_distance double precision
-- :after_place bigint
-- :count integer  how many
-- index: ix_division_version_code, uq_place_own_division_id, ix_search_token_place, ix_search_token_heir
SELECT h.place_id, h.rank, h.distance, h.code AS shown, h.kind
FROM (
    SELECT DISTINCT ON (t.place_id) t.place_id, t.rank, v.code,
           CASE WHEN v.valid_to IS NULL THEN 'standard' ELSE 'former' END AS kind,
           CASE WHEN :lon IS NULL THEN 0 ELSE coalesce(
               ST_Distance(f.point::geography, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490)::geography), 1e9) END AS distance
    -- Fenced off: few have the code, and each of them has few places.
    FROM (
        SELECT division_id, code, valid_to FROM published.division_version
        WHERE code = :q OR (valid_to IS NULL AND code > :q AND code < :q || 'z')
        OFFSET 0
    ) v
    CROSS JOIN LATERAL (
        SELECT place_id FROM published.search_place WHERE own_division_id = v.division_id OFFSET 0
    ) p
    CROSS JOIN LATERAL (
        SELECT own.place_id, own.rank, own.terms FROM published.search_row own
        WHERE own.place_id = p.place_id AND own.current AND NOT own.inherited
        UNION ALL
        SELECT heir.place_id, heir.rank, heir.terms FROM published.search_row heir
        WHERE heir.name_id = ANY (ARRAY(SELECT n.id FROM published.place_name n WHERE n.place_id = p.place_id))
          AND heir.current AND heir.inherited
    ) t
    CROSS JOIN LATERAL (SELECT * FROM published.search_place WHERE place_id = t.place_id OFFSET 0) f
    WHERE (:division IS NULL OR t.terms @> ARRAY[-:division::integer])
      AND (:classes IS NULL OR f.class_label = ANY (:classes))
      AND (:west IS NULL OR f.point && ST_MakeEnvelope(:west, :south, :east, :north, 4490))
    ORDER BY t.place_id, v.code <> :q, v.valid_to DESC NULLS FIRST
) h
WHERE (-h.rank, h.distance, h.place_id) > (-:after_rank, :after_distance, :after_place)
ORDER BY h.rank DESC, h.distance, h.place_id
LIMIT :count
