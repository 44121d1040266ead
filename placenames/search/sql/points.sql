-- The points that the map draws, for some places: those that have one, are public and are no division.
-- Those that are no more are kept for days in the past, beyond every zoom (99).
-- :ids bigint[]  places to derive anew
-- index: primary keys, ix_place_name_place
INSERT INTO placenames.map_point (place_id, zkey, rank, min_zoom, name, class_code, status, valid_from, valid_to, geom)
SELECT p.id AS place_id, placenames.zkey(flat) AS zkey, p.rank, CASE WHEN period.valid_to IS NULL THEN 14 ELSE 99 END, lead.text AS name, c.code AS class_code,
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
WHERE p.own_division_id IS NULL AND p.point IS NOT NULL AND p.id = ANY (:ids)
