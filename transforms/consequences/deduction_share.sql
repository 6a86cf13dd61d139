-- Each deduction split over the levels of government by the sharing table in force that year, exact to the fen: every
-- level gets its whole fen, those left over go to the largest remainders, the odd one to the highest level (rules 4.1).
-- The share of the county holds, else that of its city (the pool of four digits, else the first four of the division), else of its
-- province; where none is known all is local.
-- What is split is an amount of a place and a year: there are few, however many deductions.
-- grain: one row per enrollment, year and level. inputs: deduction, sharing.
WITH drawn AS (
    SELECT *, if(length(pool) = 4, pool, insu_admdvs[1:4]) AS city FROM deduction
),
placed AS (
    SELECT insu_admdvs, city, fiscal_year, amount, CAST(amount * 100 AS BIGINT) AS fen,
        (SELECT code FROM (SELECT DISTINCT code, fiscal_year FROM sharing) k
         WHERE k.fiscal_year = d.fiscal_year AND k.code IN (d.insu_admdvs, d.city, d.insu_admdvs[1:2])
         ORDER BY length(code) DESC LIMIT 1) AS share_code
    FROM (SELECT DISTINCT insu_admdvs, city, fiscal_year, amount FROM drawn) d
),
split AS (
    SELECT p.*, coalesce(s.level, 'local') AS level, coalesce(s.place, 9) AS place,
        p.fen * coalesce(s.basis_points, 10000) // 10000 AS whole,
        p.fen * coalesce(s.basis_points, 10000) % 10000 AS remainder
    FROM placed p LEFT JOIN sharing s ON s.code = p.share_code AND s.fiscal_year = p.fiscal_year
),
spread AS (
    SELECT *,
        fen - sum(whole) OVER (PARTITION BY insu_admdvs, city, fiscal_year, amount) AS left_over,
        row_number() OVER (PARTITION BY insu_admdvs, city, fiscal_year, amount ORDER BY remainder DESC, place) AS turn
    FROM split
)
SELECT d.enrollment_no, d.insu_admdvs, d.fiscal_year, s.level, d.basis, d.rule_id, d.status, d.is_past,
    CAST((s.whole + if(s.turn <= s.left_over, 1, 0)) / 100.0 AS DECIMAL(12, 2)) AS amount
FROM drawn d JOIN spread s USING (insu_admdvs, city, fiscal_year, amount)
