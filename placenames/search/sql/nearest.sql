-- The ten places nearest to a point that existed on a day, with metres on the ellipsoid (JSON array).
-- :lon double precision  the point in EPSG:4490
-- :lat double precision
-- :as_of date  the day
-- index: ix_search_place_point
SELECT coalesce(json_agg(json_build_object(
    'id', n.place_id::text, 'name', n.name, 'status', n.status,
    'class', json_build_object('code', n.class_code, 'label', n.class_label),
    'metres', round(n.metres)::integer, 'lon', round(ST_X(n.point)::numeric, 7)::float8, 'lat', round(ST_Y(n.point)::numeric, 7)::float8
) ORDER BY n.metres, n.place_id), '[]'::json)::text
FROM (
    SELECT c.*, ST_Distance(c.point::geography, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490)::geography) AS metres
    FROM (
        -- By degrees first, which the index can do; the ellipsoid then orders a few more than are asked for.
        SELECT * FROM published.search_place p
        WHERE p.own_division_id IS NULL AND (p.valid_from IS NULL OR p.valid_from <= :as_of)
          AND (p.valid_to IS NULL OR p.valid_to > :as_of) AND p.point IS NOT NULL
        ORDER BY p.point <-> ST_SetSRID(ST_MakePoint(:lon, :lat), 4490) LIMIT 30
    ) c
    ORDER BY metres, c.place_id LIMIT 10
) n
