-- The divisions to label within a box at a zoom, best first: prefectures from 5, counties from 8.
-- :west double precision  the box in EPSG:4490
-- :south double precision
-- :east double precision
-- :north double precision
-- :zoom integer  zoom of the map
-- :as_of date  the day
-- :count integer  how many
-- index: primary key of division_area
SELECT p.place_id::text AS id, v.name, a.level AS kind, p.rank, round(ST_X(a.label_point)::numeric, 7)::float8 AS lon, round(ST_Y(a.label_point)::numeric, 7)::float8 AS lat
FROM published.division_area a
JOIN published.division_version drawn ON drawn.id = a.version_id
JOIN published.division_version v ON v.division_id = drawn.division_id
JOIN published.search_place p ON p.own_division_id = v.division_id
WHERE a.min_zoom = 0 AND a.label_point && ST_MakeEnvelope(:west, :south, :east, :north, 4490)
  AND CASE a.level WHEN 'province' THEN :zoom < 6 WHEN 'prefecture' THEN :zoom BETWEEN 5 AND 11 ELSE :zoom >= 8 END
  AND v.valid_from <= :as_of AND (v.valid_to IS NULL OR v.valid_to > :as_of)
ORDER BY p.rank DESC, p.place_id
LIMIT :count
