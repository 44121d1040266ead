-- Everything the index derives from, for some places: their own names and those they inherit through lineage.
-- One row a name; `divisions` runs from the highest one down.
-- :ids bigint[]  places to derive anew
-- index: primary keys, ix_place_name_place, ix_place_lineage_to, ix_division_version_parent
WITH RECURSIVE forebear (place_id, ancestor_id, inherited) AS (
    SELECT id, id, false FROM unnest(:ids) AS id
    UNION
    SELECT f.place_id, l.from_place_id, true
    FROM forebear f JOIN placenames.place_lineage l ON l.to_place_id = f.ancestor_id AND l.relation <> 'part'
),
heir (place_id, heir_id) AS (
    SELECT id, id FROM unnest(:ids) AS id
    UNION
    SELECT h.place_id, l.to_place_id FROM heir h JOIN placenames.place_lineage l
        ON l.from_place_id = h.heir_id AND l.relation <> 'part'
),
living AS (
    -- What the public sees must not hang on names that it does not see.
    SELECT h.place_id, seen.public,
           bool_or(h.heir_id = h.place_id AND n.valid_to IS NULL) AS alive,
           bool_or(n.valid_to IS NULL) AS has_living_heir
    FROM (VALUES (true), (false)) AS seen (public)
    CROSS JOIN heir h
    JOIN placenames.place p ON p.id = h.heir_id
    JOIN placenames.place_name n
        ON n.place_id = h.heir_id AND (NOT seen.public OR placenames.is_public(n.status, p.secrecy, n.published_at))
    GROUP BY h.place_id, seen.public
)
SELECT p.id AS place_id, n.id AS name_id, n.text, n.specific, n.valid_from, n.valid_to, f.inherited,
       l.alive OR NOT l.has_living_heir AS current, shown.public, p.rank, p.own_division_id, path.divisions,
       CASE WHEN p.point IS NOT NULL THEN placenames.cell(foundation.public_position(p.point)) END AS cell
FROM forebear f
JOIN placenames.place p ON p.id = f.place_id
JOIN placenames.place a ON a.id = f.ancestor_id
JOIN placenames.place_name n ON n.place_id = f.ancestor_id
CROSS JOIN LATERAL (
    SELECT placenames.is_public(n.status, a.secrecy, n.published_at) AND p.secrecy = '公开'
) shown (public)
JOIN living l ON l.place_id = p.id AND l.public = shown.public
LEFT JOIN LATERAL (
    WITH RECURSIVE up (division_id, parent_id, depth) AS (
        (SELECT v.division_id, v.parent_id, 0 FROM boundaries.division_version v
         WHERE v.division_id = p.division_id ORDER BY v.valid_from DESC LIMIT 1)
        UNION ALL
        (SELECT v.division_id, v.parent_id, up.depth + 1
         FROM up JOIN boundaries.division_version v ON v.division_id = up.parent_id
         ORDER BY v.valid_from DESC LIMIT 1)
    )
    SELECT array_agg(division_id ORDER BY depth DESC) AS divisions FROM up
) path ON true
ORDER BY p.id, f.inherited, n.valid_from DESC NULLS LAST, n.id
