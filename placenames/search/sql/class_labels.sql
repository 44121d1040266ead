-- The class labels that a code, the beginning of one (a group of classes) or a label means, each with its bit.
-- :asked text  two to five digits, or a label
-- index: none; a few dozen rows
SELECT label, bit FROM published.place_class
WHERE label = :asked OR (:asked ~ '^[0-9]{2,5}$' AND starts_with(code, :asked))
ORDER BY label
