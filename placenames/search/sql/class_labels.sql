-- The class labels that a code or a label means, each with its bit.
-- :asked text  five digits, or a label
-- index: ix_place_class_code
SELECT label, bit FROM published.place_class WHERE code = :asked OR label = :asked ORDER BY label
