-- The ten places nearest to a point that existed on a day, with metres on the ellipsoid (JSON array).
-- :lon double precision  the point in EPSG:4490
-- :lat double precision
-- :as_of date  the day
-- index: ix_map_point_geom, primary key of place
SELECT coalesce(json_agg(json_build_object(
    'id', n.place_id::text, 'name', n.name, 'status', n.status,
    'class', json_build_object('code', n.class_code, 'label', p.class_label),
    'metres', round(n.metres)::integer, 'lon', round(ST_X(p.point)::numeric, 7)::float8, 'lat', round(ST_Y(p.point)::numeric, 7)::float8
) ORDER BY n.metres, n.place_id), '[]'::json)::text
FROM (
    SELECT c.place_id, c.name, c.status, c.class_code,
           ST_Distance(ST_Transform(c.geom, 4490)::geography, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490)::geography) AS metres
    FROM (
        -- On the flat map first, which the index can do; the ellipsoid then orders a few more than are asked for.
        SELECT m.place_id, m.name, m.status, m.class_code, m.geom FROM published.map_point m
        WHERE (m.valid_from IS NULL OR m.valid_from <= :as_of) AND (m.valid_to IS NULL OR m.valid_to > :as_of)
        ORDER BY m.geom <-> ST_Transform(ST_SetSRID(ST_MakePoint(:lon, :lat), 4490), 3857) LIMIT 20
    ) c
    ORDER BY metres, c.place_id LIMIT 10
) n
JOIN published.place p ON p.id = n.place_id
