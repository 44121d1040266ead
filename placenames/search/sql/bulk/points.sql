-- The points that the map draws, for every place, before their zooms are known (see ../points.sql).
-- index: none; one pass over all names, grouped by place, and one over all places
SELECT p.id AS place_id, placenames.zkey(flat) AS zkey, p.rank, lead.text AS name, c.code AS class_code,
       lead.status, lead.valid_from, lead.valid_to, flat AS geom
FROM (
    SELECT place_id, (array_agg(text ORDER BY ended, precedence, valid_from DESC NULLS LAST, id))[1] AS text,
           (array_agg(status ORDER BY ended, precedence, valid_from DESC NULLS LAST, id))[1] AS status,
           CASE WHEN bool_and(valid_from IS NOT NULL) THEN min(valid_from) END AS valid_from,
           CASE WHEN bool_and(ended) THEN max(valid_to) END AS valid_to
    FROM (
        SELECT n.place_id, n.id, n.text, n.status, n.valid_from, n.valid_to, n.valid_to IS NOT NULL AS ended,
               array_position(ARRAY['standard', 'map', 'historic', 'former', 'short', 'alias', 'minority'], n.kind)
                   AS precedence
        FROM placenames.place_name n JOIN placenames.place p ON p.id = n.place_id
        WHERE p.own_division_id IS NULL AND p.point IS NOT NULL
          AND placenames.is_public(n.status, p.secrecy, n.published_at)
    ) n
    GROUP BY place_id
) lead
JOIN placenames.place p ON p.id = lead.place_id
JOIN placenames.place_class c ON c.label = p.class_label
CROSS JOIN LATERAL ST_Transform(foundation.public_position(p.point), 3857) AS flat
