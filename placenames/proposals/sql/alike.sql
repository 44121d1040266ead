-- Names of the same approval category in a county that are equal to a name or sound like it without tones: those in
-- use in the register, public or not, and those of other open cases. Nearest first, at most thirty.
-- :case_id bigint  the case itself, or 0
-- :name text  the name
-- :sound text  its syllables without tones, joined
-- :category text  approval category
-- :county bigint  permanent id of the division that handles it
-- :drawn text  GeoJSON of the proposed position, or null
-- index: ix_search_sound_pinyin, uq_search_form_text, ix_search_token_form, ix_proposal_sound
WITH here AS (
    SELECT ST_SetSRID(ST_GeomFromGeoJSON(:drawn), 4490) AS geom
), hit AS (
    SELECT DISTINCT ON (p.id) 'place' AS source, p.id::text AS id, n.text AS name, n.roman, p.class_label,
           n.status, placenames.is_public(n.status, p.secrecy, n.published_at) AS public,
           coalesce(p.geom, p.point) AS geom
    FROM placenames.search_token t
    JOIN placenames.place_name n ON n.id = t.name_id
    JOIN placenames.place p ON p.id = t.place_id
    JOIN placenames.place_class c ON c.label = p.class_label AND c.approval_category = :category
    WHERE t.form_id IN (
            SELECT s.form_id FROM placenames.search_sound s WHERE s.pinyin = :sound
            UNION SELECT f.id FROM placenames.search_form f WHERE f.text = :name)
      AND -:county::integer = ANY (t.terms)
      AND NOT t.inherited AND n.valid_to IS NULL AND p.secrecy <> '秘密'
    UNION ALL
    SELECT 'case', o.id::text, o.name, o.roman, o.class_label, o.state, false, o.geom
    FROM placenames.proposal o
    JOIN placenames.place_class c ON c.label = o.class_label AND c.approval_category = :category
    WHERE o.handler_division_id = :county AND o.id <> :case_id
      AND o.state NOT IN ('refused', 'withdrawn', 'archived', 'approved')
      AND (o.state <> 'draft' OR o.post_id IS NOT NULL)
      AND (o.sound = :sound OR o.name = :name) AND o.name <> ''
)
SELECT source, id, name, roman, class_label, status, public,
       round(ST_Distance(hit.geom::geography, here.geom::geography)::numeric)::float8 AS metres
FROM hit, here
ORDER BY name <> :name, metres NULLS LAST, id LIMIT 30
