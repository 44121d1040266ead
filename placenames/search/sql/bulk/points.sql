-- The points that the map draws, for every place, before their zooms are known (see ../points.sql).
-- index: ix_place_name_place
CREATE TABLE placenames.listed_point AS
SELECT p.id AS place_id, placenames.zkey(flat) AS zkey, p.rank,  lead.text AS name, c.code AS class_code,
       lead.status, period.valid_from, period.valid_to, flat AS geom
FROM placenames.place p
JOIN placenames.place_class c ON c.label = p.class_label
CROSS JOIN LATERAL (
    SELECT n.text, n.status
    FROM placenames.place_name n
    WHERE n.place_id = p.id AND placenames.is_public(n.status, p.secrecy, n.published_at)
    ORDER BY n.valid_to IS NOT NULL,
             array_position(ARRAY['standard', 'map', 'historic', 'former', 'short', 'alias', 'minority'], n.kind),
             n.valid_from DESC NULLS LAST, n.id
    LIMIT 1
) lead
CROSS JOIN LATERAL (
    SELECT CASE WHEN bool_and(n.valid_from IS NOT NULL) THEN min(n.valid_from) END AS valid_from,
           CASE WHEN bool_and(n.valid_to IS NOT NULL) THEN max(n.valid_to) END AS valid_to
    FROM placenames.place_name n
    WHERE n.place_id = p.id AND placenames.is_public(n.status, p.secrecy, n.published_at)
) period
CROSS JOIN LATERAL ST_Transform(foundation.public_position(p.point), 3857) AS flat
WHERE p.own_division_id IS NULL AND p.point IS NOT NULL
