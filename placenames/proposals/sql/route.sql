-- The route of a class in a type of division: its own row, or that for every type.
-- :class text  label of the class, or its five-digit code
-- :type text  type of the division that handles it
-- index: primary keys, ix_place_class_code
SELECT c.label, c.approval_category, c.spelling_kind, r.procedure, r.approver_kind, r.approver_level, r.article,
       r.verified, r.note
FROM placenames.place_class c
LEFT JOIN LATERAL (
    SELECT * FROM placenames.route r
    WHERE r.approval_category = c.approval_category AND r.division_type IN (:type, '*')
    ORDER BY r.division_type = '*' LIMIT 1
) r ON true
WHERE c.label = :class OR c.code = :class
ORDER BY c.label = :class DESC, c.attribute <> '', c.label LIMIT 1
