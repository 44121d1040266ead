-- The lowest zoom of each point that is the best of a cell somewhere: the best of a cell is the best of its parts,
-- so each zoom is chosen among those of the next finer one (see thin() in the schema).
-- index: none; a sort of all points, then of ever fewer
WITH z13 AS MATERIALIZED (
    SELECT DISTINCT ON (zkey >> 2) place_id, zkey, rank FROM placenames.listed_point
    WHERE valid_to IS NULL
    ORDER BY zkey >> 2, rank DESC, place_id
),
z12 AS MATERIALIZED (
    SELECT DISTINCT ON (zkey >> 4) place_id, zkey, rank FROM z13
    ORDER BY zkey >> 4, rank DESC, place_id
),
z11 AS MATERIALIZED (
    SELECT DISTINCT ON (zkey >> 6) place_id, zkey, rank FROM z12
    ORDER BY zkey >> 6, rank DESC, place_id
),
z10 AS MATERIALIZED (
    SELECT DISTINCT ON (zkey >> 8) place_id, zkey, rank FROM z11
    ORDER BY zkey >> 8, rank DESC, place_id
),
z9 AS MATERIALIZED (
    SELECT DISTINCT ON (zkey >> 10) place_id, zkey, rank FROM z10
    ORDER BY zkey >> 10, rank DESC, place_id
),
z8 AS MATERIALIZED (
    SELECT DISTINCT ON (zkey >> 12) place_id, zkey, rank FROM z9
    ORDER BY zkey >> 12, rank DESC, place_id
),
z7 AS MATERIALIZED (
    SELECT DISTINCT ON (zkey >> 14) place_id, zkey, rank FROM z8
    ORDER BY zkey >> 14, rank DESC, place_id
),
z6 AS MATERIALIZED (
    SELECT DISTINCT ON (zkey >> 16) place_id, zkey, rank FROM z7
    ORDER BY zkey >> 16, rank DESC, place_id
),
z5 AS MATERIALIZED (
    SELECT DISTINCT ON (zkey >> 18) place_id, zkey, rank FROM z6
    ORDER BY zkey >> 18, rank DESC, place_id
),
z4 AS MATERIALIZED (
    SELECT DISTINCT ON (zkey >> 20) place_id, zkey, rank FROM z5
    ORDER BY zkey >> 20, rank DESC, place_id
),
z3 AS MATERIALIZED (
    SELECT DISTINCT ON (zkey >> 22) place_id, zkey, rank FROM z4
    ORDER BY zkey >> 22, rank DESC, place_id
),
z2 AS MATERIALIZED (
    SELECT DISTINCT ON (zkey >> 24) place_id, zkey, rank FROM z3
    ORDER BY zkey >> 24, rank DESC, place_id
),
z1 AS MATERIALIZED (
    SELECT DISTINCT ON (zkey >> 26) place_id, zkey, rank FROM z2
    ORDER BY zkey >> 26, rank DESC, place_id
),
z0 AS MATERIALIZED (
    SELECT DISTINCT ON (zkey >> 28) place_id, zkey, rank FROM z1
    ORDER BY zkey >> 28, rank DESC, place_id
)
SELECT place_id, min(zoom)::smallint AS zoom
FROM (SELECT place_id, 0 AS zoom FROM z0
    UNION ALL SELECT place_id, 1 AS zoom FROM z1
    UNION ALL SELECT place_id, 2 AS zoom FROM z2
    UNION ALL SELECT place_id, 3 AS zoom FROM z3
    UNION ALL SELECT place_id, 4 AS zoom FROM z4
    UNION ALL SELECT place_id, 5 AS zoom FROM z5
    UNION ALL SELECT place_id, 6 AS zoom FROM z6
    UNION ALL SELECT place_id, 7 AS zoom FROM z7
    UNION ALL SELECT place_id, 8 AS zoom FROM z8
    UNION ALL SELECT place_id, 9 AS zoom FROM z9
    UNION ALL SELECT place_id, 10 AS zoom FROM z10
    UNION ALL SELECT place_id, 11 AS zoom FROM z11
    UNION ALL SELECT place_id, 12 AS zoom FROM z12
    UNION ALL SELECT place_id, 13 AS zoom FROM z13
) won
GROUP BY place_id
