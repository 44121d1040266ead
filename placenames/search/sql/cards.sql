-- Found places as list entries (JSON array), in the order in which they were found.
-- :places bigint[]  their ids
-- :names bigint[]  the names that matched, or null where the code did
-- :inherited boolean[]  whether that name came from a place that is no more
-- :codes text[]  the code that matched, or null
-- :kinds text[]  its kind
-- :tiers text[]  how it matched
-- :distances double precision[]  metres from the asker, or null
-- index: primary keys, ix_place_name_place
SELECT coalesce(json_agg(json_build_object(
    'id', p.place_id::text, 'name', p.name, 'roman', p.roman,
    'matched', json_build_object(
        'text', coalesce(f.code, m.text, p.name),
        'kind', coalesce(f.kind, CASE WHEN f.inherited THEN 'former' ELSE coalesce(m.kind, p.kind) END), 'tier', f.tier),
    'class', json_build_object('code', p.class_code, 'label', p.class_label),
    'division', json_build_object('code', p.division_code, 'path', p.path),
    'status', p.status, 'heritage', false,
    'lon', round(ST_X(p.point)::numeric, 7)::float8, 'lat', round(ST_Y(p.point)::numeric, 7)::float8, 'distance_m', CASE WHEN f.distance < 1e9 THEN round(f.distance)::integer END
) ORDER BY f.number), '[]'::json)::text
FROM unnest(:places, :names, :inherited, :codes, :kinds, :tiers, :distances) WITH ORDINALITY
    AS f (place_id, name_id, inherited, code, kind, tier, distance, number)
JOIN published.search_card p ON p.place_id = f.place_id
-- Mostly it is the leading name, which the card has.
LEFT JOIN published.place_name m ON f.name_id <> p.name_id AND m.id = f.name_id
