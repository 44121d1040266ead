-- Every form under which a place is found, once, with the rank of the best place that the public finds by it on any day and the bits of the
-- classes of such places: names, and the specific parts of divisions' names. Places with lineage give their forms, their ranks come later.
-- index: none; one pass over all names
SELECT row_number() OVER (ORDER BY text)::integer AS id, text, rank, classes
FROM (
    SELECT named.text COLLATE "C" AS text, max(named.rank) FILTER (WHERE named.shown) AS rank,
           coalesce(bit_or(c.bit) FILTER (WHERE named.shown), 0) AS classes
    FROM (
        SELECT n.text, p.rank, p.class_label,
               placenames.is_public(n.status, p.secrecy, n.published_at) AND p.id NOT IN (
                   SELECT from_place_id FROM placenames.place_lineage
                   UNION ALL SELECT to_place_id FROM placenames.place_lineage) AS shown
        FROM placenames.place_name n JOIN placenames.place p ON p.id = n.place_id
        UNION ALL
        SELECT n.specific, p.rank, p.class_label,
               placenames.is_public(n.status, p.secrecy, n.published_at) AND p.id NOT IN (
                   SELECT from_place_id FROM placenames.place_lineage
                   UNION ALL SELECT to_place_id FROM placenames.place_lineage)
        FROM placenames.place p JOIN placenames.place_name n ON n.place_id = p.id
        WHERE p.own_division_id IS NOT NULL AND char_length(n.specific) >= 2
    ) named
    JOIN (SELECT label, placenames.class_bit(label) AS bit FROM placenames.place_class) c ON c.label = named.class_label
    GROUP BY 1
) once
