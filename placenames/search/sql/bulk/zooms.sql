-- The points with their lowest zoom, in the order in which tiles read them.
-- index: none; one join and one sort
INSERT INTO placenames.map_point (place_id, zkey, rank, min_zoom, name, class_code, status, valid_from, valid_to, geom)
SELECT p.place_id, p.zkey, p.rank, coalesce(w.zoom, CASE WHEN p.valid_to IS NULL THEN 14 ELSE 99 END), p.name, p.class_code, p.status, p.valid_from, p.valid_to,
       p.geom
FROM placenames.listed_point p LEFT JOIN placenames.listed_winner w ON w.place_id = p.place_id
ORDER BY 4, p.zkey
