-- Found places as list entries (JSON array), in the order in which they were found.
-- :places bigint[]  their ids
-- :names bigint[]  the names that matched, or null where the code did
-- :inherited boolean[]  whether that name came from a place that is no more
-- :codes text[]  the code that matched, or null
-- :kinds text[]  its kind
-- :tiers text[]  how it matched
-- :distances double precision[]  metres from the asker, or null
-- index: primary keys, ix_place_name_place
SELECT coalesce(json_agg(published.entry(
    p.place_id, p.name, p.roman, coalesce(f.code, m.text, p.name),
    coalesce(f.kind, CASE WHEN f.inherited THEN 'former' ELSE coalesce(m.kind, p.kind) END), f.tier,
    p.class_code, p.class_label, p.division_code, p.path, p.status, ST_X(p.point), ST_Y(p.point),
    CASE WHEN f.distance < 1e9 THEN f.distance END
) ORDER BY f.number), '[]'::json)::text
FROM unnest(:places, :names, :inherited, :codes, :kinds, :tiers, :distances) WITH ORDINALITY
    AS f (place_id, name_id, inherited, code, kind, tier, distance, number)
JOIN published.search_card p ON p.place_id = f.place_id
-- Mostly it is the leading name, which the card has.
LEFT JOIN published.place_name m ON f.name_id <> p.name_id AND m.id = f.name_id
