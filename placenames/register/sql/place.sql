-- One place as a GeoJSON Feature with its names in time and what became of it, and whether it had come up by the
-- day; no row when absent or not public.
-- :place bigint  its id
-- :as_of date  the day that `name`, `status` and the divisions are told for; no division that began later is told
-- :areas boolean  whether the boundary of a division may be shown
-- index: primary keys, ix_place_name_place, ex_division_version_period
SELECT json_build_object(
    'type', 'Feature', 'id', p.id::text,
    'geometry', CASE
        WHEN :areas AND area.geom IS NOT NULL THEN ST_AsGeoJSON(area.geom, 5, 0)::json
        ELSE ST_AsGeoJSON(coalesce(p.geom, p.point), 7, 0)::json END,
    'properties', json_build_object(
        'id', p.id::text, 'name', lead.text, 'roman', lead.roman, 'status', CASE WHEN lead.in_use AND lead.status = 'historic' THEN 'standard' ELSE lead.status END,
        'kind', CASE WHEN lead.in_use AND lead.kind IN ('former', 'historic') THEN 'standard' ELSE lead.kind END,
        'class', json_build_object('code', c.code, 'label', c.label),
        'division', json_build_object('code', path.code, 'path', coalesce(path.names, '[]'::json)),
        'own_division', CASE WHEN own.code IS NOT NULL THEN
            json_build_object('code', own.code, 'level', own.level, 'type', own.type) END,
        'names', names.list, 'location', p.location, 'source', p.source, 'datum', p.datum, 'secrecy', '公开',
        'lon', round(ST_X(p.point)::numeric, 7)::float8, 'lat', round(ST_Y(p.point)::numeric, 7)::float8,
        'grid', CASE WHEN plane.zone BETWEEN 25 AND 45 THEN json_build_object(
            'zone', plane.zone, 'meridian', plane.zone * 3,
            'x', round(ST_Y(plane.point)::numeric, 3)::float8, 'y', round(ST_X(plane.point)::numeric, 3)::float8) END,
        'bbox', CASE WHEN coalesce(today.geom, p.geom, p.point) IS NOT NULL THEN json_build_array(
            round(ST_XMin(coalesce(today.geom, p.geom, p.point))::numeric, 5),
            round(ST_YMin(coalesce(today.geom, p.geom, p.point))::numeric, 5),
            round(ST_XMax(coalesce(today.geom, p.geom, p.point))::numeric, 5),
            round(ST_YMax(coalesce(today.geom, p.geom, p.point))::numeric, 5)) END,
        'becomes', kin.becomes, 'came_from', kin.came_from,
        'approval', CASE WHEN lead.instrument <> '' THEN
            json_build_object(
                'instrument', lead.instrument, 'date', lead.valid_from, 'precision', lead.from_precision,
                'organ', decision.organ, 'number', decision.number, 'announced_on', decision.issued_on,
                'channels', decision.channels) END,
        'heritage', false
    )
)::text,
    EXISTS (SELECT FROM published.place_name n
            WHERE n.place_id = p.id AND (n.valid_from IS NULL OR n.valid_from <= :as_of))
FROM published.place p
JOIN published.place_class c ON c.label = p.class_label
CROSS JOIN LATERAL (
    -- The name in use on the day, standard first; where the place had none then, its last one.
    SELECT n.*, (n.valid_from IS NULL OR n.valid_from <= :as_of) AND (n.valid_to IS NULL OR n.valid_to > :as_of) AS in_use
    FROM published.place_name n WHERE n.place_id = p.id
    ORDER BY in_use DESC,
             array_position(ARRAY['standard', 'map', 'historic', 'former', 'short', 'alias', 'minority'], n.kind),
             n.valid_from DESC NULLS LAST, n.id
    LIMIT 1
) lead
CROSS JOIN LATERAL (
    -- The 3° zone of the public position (EPSG:4513 is zone 25, with the zone's number before the easting).
    SELECT near.zone, CASE WHEN near.zone BETWEEN 25 AND 45 THEN ST_Transform(p.point, 4513 - 25 + near.zone) END AS point
    FROM (SELECT floor(ST_X(p.point) / 3 + 0.5)::integer AS zone) near
) plane
LEFT JOIN published.place_decision decision ON decision.name_id = lead.id
CROSS JOIN LATERAL (
    SELECT json_agg(json_build_object(
        'text', n.text, 'roman', n.roman, 'kind', n.kind, 'status', n.status,
        'specific', n.specific, 'generic', n.generic,
        'valid_from', n.valid_from, 'from_precision', n.from_precision,
        'valid_to', n.valid_to, 'to_precision', n.to_precision, 'source', n.source, 'instrument', n.instrument
    ) ORDER BY n.valid_to DESC NULLS FIRST, n.kind <> 'standard', n.id) AS list
    FROM published.place_name n WHERE n.place_id = p.id
) names
LEFT JOIN LATERAL (
    SELECT v.code, v.level, v.type FROM published.division_version v
    WHERE v.division_id = p.own_division_id ORDER BY v.valid_from <= :as_of DESC, v.valid_from DESC LIMIT 1
) own ON true
LEFT JOIN LATERAL (
    SELECT v.geom FROM published.division_version v
    WHERE v.division_id = p.own_division_id AND v.geom IS NOT NULL
      AND v.valid_from <= :as_of AND (v.valid_to IS NULL OR v.valid_to > :as_of)
) area ON true
LEFT JOIN LATERAL (
    -- Where to look, on any day: the box of today's area.
    SELECT v.geom FROM published.division_version v
    WHERE :areas AND v.division_id = p.own_division_id AND v.valid_to IS NULL
) today ON true
CROSS JOIN LATERAL (
    -- The day that the divisions are told for, as past_cards.sql does: of one that had ended by then, its last.
    SELECT least(:as_of, max(coalesce(v.valid_to, 'infinity') - 1)) AS day
    FROM published.division_version v WHERE v.division_id = p.division_id
) told
LEFT JOIN LATERAL (
    WITH RECURSIVE up (code, name, parent_id, depth) AS (
        SELECT v.code, v.name, v.parent_id, 0 FROM published.division_version v
        WHERE v.division_id = p.division_id
          AND v.valid_from <= told.day AND (v.valid_to IS NULL OR v.valid_to > told.day)
        UNION ALL
        SELECT v.code, v.name, v.parent_id, up.depth + 1
        FROM up JOIN published.division_version v ON v.division_id = up.parent_id
        WHERE v.valid_from <= told.day AND (v.valid_to IS NULL OR v.valid_to > told.day)
    )
    SELECT json_agg(name ORDER BY depth DESC) AS names, min(code) FILTER (WHERE depth = 0) AS code FROM up
) path ON true
CROSS JOIN LATERAL (
    SELECT
        -- What the place is today by today's name; a neighbour in the past by the name it had then.
        coalesce((SELECT json_agg(json_build_object(
                      'id', s.place_id::text,
                      'name', CASE WHEN l.relation = 'part' THEN coalesce(was.text, s.name) ELSE s.name END,
                      'relation', l.relation, 'date', l.date, 'precision', l.date_precision) ORDER BY l.date, s.name)
                  FROM published.place_lineage l JOIN published.search_place s ON s.place_id = l.to_place_id
                  LEFT JOIN LATERAL (
                      SELECT n.text FROM published.place_name n
                      WHERE n.place_id = l.to_place_id AND n.valid_from <= l.date
                        AND (n.valid_to IS NULL OR n.valid_to > l.date) ORDER BY n.id LIMIT 1
                  ) was ON true
                  WHERE l.from_place_id = p.id), '[]'::json) AS becomes,
        coalesce((SELECT json_agg(json_build_object(
                      'id', s.place_id::text, 'name', coalesce(was.text, s.name),
                      'relation', l.relation, 'date', l.date, 'precision', l.date_precision,
                      'origin', began.first = l.date) ORDER BY l.date, s.name)
                  FROM published.place_lineage l JOIN published.search_place s ON s.place_id = l.from_place_id
                  LEFT JOIN LATERAL (
                      SELECT n.text FROM published.place_name n
                      WHERE n.place_id = l.from_place_id AND n.valid_from < l.date
                        AND (n.valid_to IS NULL OR n.valid_to >= l.date) ORDER BY n.valid_from DESC, n.id LIMIT 1
                  ) was ON true
                  CROSS JOIN LATERAL (
                      SELECT min(n.valid_from) AS first FROM published.place_name n WHERE n.place_id = p.id
                  ) began
                  WHERE l.to_place_id = p.id), '[]'::json) AS came_from
) kin
WHERE p.id = :place
