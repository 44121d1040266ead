-- The table of classes, by code.
-- index: a table of some dozens
SELECT code, label, approval_category, spelling_kind, verified FROM published.place_class ORDER BY code, label
