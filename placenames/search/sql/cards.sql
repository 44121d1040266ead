-- Found places as list entries (JSON array), in the order in which they were found.
-- :places bigint[]  their ids
-- :shown text[]  the name that matched
-- :kinds text[]  its kind
-- :tiers text[]  how it matched
-- :distances double precision[]  metres from the asker, or null
-- index: primary keys, ex_division_version_period
SELECT coalesce(json_agg(json_build_object(
    'id', p.place_id::text, 'name', p.name, 'roman', p.roman,
    'matched', json_build_object('text', f.shown, 'kind', f.kind, 'tier', f.tier),
    'class', json_build_object('code', p.class_code, 'label', p.class_label),
    'division', json_build_object('code', d.code, 'path', coalesce(d.path, '[]'::json)),
    'status', p.status, 'heritage', false,
    'lon', round(ST_X(p.point)::numeric, 7)::float8, 'lat', round(ST_Y(p.point)::numeric, 7)::float8, 'distance_m', CASE WHEN f.distance < 1e9 THEN round(f.distance)::integer END
) ORDER BY f.number), '[]'::json)::text
FROM unnest(:places, :shown, :kinds, :tiers, :distances) WITH ORDINALITY
    AS f (place_id, shown, kind, tier, distance, number)
JOIN published.search_place p ON p.place_id = f.place_id
LEFT JOIN LATERAL (
    SELECT json_agg(v.name ORDER BY u.number) AS path, (array_agg(v.code ORDER BY u.number DESC))[1] AS code
    FROM unnest(p.divisions) WITH ORDINALITY AS u (id, number)
    CROSS JOIN LATERAL (
        SELECT name, code FROM published.division_version
        WHERE division_id = u.id ORDER BY valid_from DESC LIMIT 1
    ) v
) d ON true
