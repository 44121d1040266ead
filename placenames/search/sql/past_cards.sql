-- Found places as list entries (JSON array) as they were on a day: name, status and divisions of that time.
-- :places bigint[]  their ids
-- :names bigint[]  the names that matched, or null where the code did
-- :inherited boolean[]  whether that name came from a place that is no more
-- :codes text[]  the code that matched, or null
-- :kinds text[]  its kind
-- :tiers text[]  how it matched
-- :distances double precision[]  metres from the asker, or null
-- :as_of date  the day
-- index: primary keys, ix_place_name_place, ex_division_version_period
SELECT coalesce(json_agg(published.entry(
    p.place_id, n.text, n.roman, coalesce(f.code, m.text),
    coalesce(f.kind, CASE WHEN f.inherited THEN 'former' WHEN m.kind IN ('former', 'historic') THEN 'standard' ELSE m.kind END), f.tier,
    p.class_code, p.class_label, d.code, coalesce(d.path, '{}'),
    CASE WHEN n.status = 'historic' THEN 'standard' ELSE n.status END, ST_X(p.point), ST_Y(p.point),
    CASE WHEN f.distance < 1e9 THEN f.distance END
) ORDER BY f.number), '[]'::json)::text
FROM unnest(:places, :names, :inherited, :codes, :kinds, :tiers, :distances) WITH ORDINALITY
    AS f (place_id, name_id, inherited, code, kind, tier, distance, number)
LEFT JOIN published.place_name m ON m.id = f.name_id
JOIN published.search_place p ON p.place_id = f.place_id
CROSS JOIN LATERAL (
    SELECT text, roman, status FROM published.place_name
    WHERE place_id = p.place_id AND (valid_from IS NULL OR valid_from <= :as_of)
      AND (valid_to IS NULL OR valid_to > :as_of)
    ORDER BY kind NOT IN ('standard', 'former', 'historic'), kind <> 'map', id LIMIT 1
) n
CROSS JOIN LATERAL (
    -- The day that the divisions are told for, as place.sql does: of one that had ended by then, its last.
    SELECT own.division_id, least(:as_of, (
               SELECT max(coalesce(v.valid_to, 'infinity') - 1)
               FROM published.division_version v WHERE v.division_id = own.division_id)) AS day
    FROM published.place own WHERE own.id = p.place_id
) told
LEFT JOIN LATERAL (
    WITH RECURSIVE up (name, code, parent_id, depth) AS (
        SELECT v.name, v.code, v.parent_id, 0 FROM published.division_version v
        WHERE v.division_id = told.division_id
          AND v.valid_from <= told.day AND (v.valid_to IS NULL OR v.valid_to > told.day)
        UNION ALL
        SELECT v.name, v.code, v.parent_id, up.depth + 1
        FROM up JOIN published.division_version v ON v.division_id = up.parent_id
        WHERE v.valid_from <= told.day AND (v.valid_to IS NULL OR v.valid_to > told.day)
    )
    SELECT array_agg(name ORDER BY depth DESC) AS path, min(code) FILTER (WHERE depth = 0) AS code FROM up
) d ON true
