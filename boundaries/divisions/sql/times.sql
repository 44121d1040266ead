-- The day from which the divisions are known, and how many changes each year up to a day brought; for the time slider.
-- :as_of date  the day
-- index: none, the tables of divisions are small
SELECT json_build_object(
    'first', (SELECT min(v.valid_from) FROM published.division_version v WHERE v.valid_from <= :as_of),
    'today', :as_of,
    'years', coalesce((
        SELECT json_agg(json_build_object('year', y.year, 'changes', y.changes) ORDER BY y.year)
        FROM (
            SELECT extract(year FROM c.date)::integer AS year, count(*) AS changes
            FROM published.division_change c WHERE c.date <= :as_of GROUP BY 1
        ) y
    ), '[]'::json)
)::text
