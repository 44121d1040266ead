-- The points that the map draws, for every place, before their zooms are known (see ../points.sql).
-- Nearly every place has one standard name in use: it leads, and one join finds it. Others are worked out one by one.
-- index: none for the many; ix_place_name_place for the others
WITH beside AS (
    SELECT n.place_id, bool_and(n.valid_from IS NOT NULL) AS known, min(n.valid_from) AS first,
           bool_or(n.kind = 'standard' AND n.valid_to IS NULL) AS rival
    FROM placenames.place_name n JOIN placenames.place p ON p.id = n.place_id
    WHERE placenames.is_public(n.status, p.secrecy, n.published_at)
      AND NOT (n.kind = 'standard' AND n.valid_to IS NULL AND n.status IN ('standard', 'deemed'))
    GROUP BY n.place_id
),
chosen AS (
    SELECT n.place_id, n.text, n.status,
           CASE WHEN n.valid_from IS NOT NULL AND coalesce(beside.known, true)
                THEN least(n.valid_from, beside.first) END AS valid_from,
           NULL::date AS valid_to
    FROM placenames.place_name n
    JOIN placenames.place p ON p.id = n.place_id
    LEFT JOIN beside ON beside.place_id = n.place_id
    WHERE n.kind = 'standard' AND n.valid_to IS NULL AND n.status IN ('standard', 'deemed')
      AND placenames.is_public(n.status, p.secrecy, n.published_at) AND beside.rival IS NOT TRUE
    UNION ALL
    SELECT other.id, lead.text, lead.status, lead.valid_from, lead.valid_to
    FROM (
        SELECT p.id, p.secrecy FROM placenames.place p JOIN beside ON beside.place_id = p.id
        WHERE beside.rival OR NOT EXISTS (
            SELECT FROM placenames.place_name n
            WHERE n.place_id = p.id AND n.kind = 'standard' AND n.valid_to IS NULL
              AND n.status IN ('standard', 'deemed') AND placenames.is_public(n.status, p.secrecy, n.published_at))
    ) other
    CROSS JOIN LATERAL (
        SELECT (array_agg(n.text ORDER BY n.valid_to IS NOT NULL, array_position(
                    ARRAY['standard', 'map', 'historic', 'former', 'short', 'alias', 'minority'], n.kind),
                    n.valid_from DESC NULLS LAST, n.id))[1] AS text,
               (array_agg(n.status ORDER BY n.valid_to IS NOT NULL, array_position(
                    ARRAY['standard', 'map', 'historic', 'former', 'short', 'alias', 'minority'], n.kind),
                    n.valid_from DESC NULLS LAST, n.id))[1] AS status,
               CASE WHEN bool_and(n.valid_from IS NOT NULL) THEN min(n.valid_from) END AS valid_from,
               CASE WHEN bool_and(n.valid_to IS NOT NULL) THEN max(n.valid_to) END AS valid_to
        FROM placenames.place_name n
        WHERE n.place_id = other.id AND placenames.is_public(n.status, other.secrecy, n.published_at)
    ) lead
)
SELECT p.id AS place_id, placenames.zkey(flat) AS zkey, p.rank, chosen.text AS name, c.code AS class_code,
       chosen.status, chosen.valid_from, chosen.valid_to, flat AS geom
FROM chosen
JOIN placenames.place p ON p.id = chosen.place_id
JOIN placenames.place_class c ON c.label = p.class_label
CROSS JOIN LATERAL ST_Transform(foundation.public_position(p.point), 3857) AS flat
WHERE p.own_division_id IS NULL AND p.point IS NOT NULL
