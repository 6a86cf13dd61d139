-- Subsidies drawn for a cover that the rules say should not have been: one per resident enrollment and calendar year,
-- however many overlaps (rules 4.1). Of an overlap: each year that it touches, inside the look-back and begun by the
-- as-of date, to which an effective contribution belongs; of a past one only where the enrollment was not needed later
-- in that year. Of the dead: the years after the year of death. A tertiary student's year of entry (and the
-- next one, by freshman_until) is exempt in an overlap of residents only.
-- The standard is that of the county, else of its pool, its city where that is no pool, its province, the nation.
-- grain: one row per enrollment and year, key (enrollment_no, fiscal_year).
-- inputs: decided, overlap, rule, paid_year, needed_later, ended_by_death, student, spell, standard.
WITH freshman AS (
    SELECT DISTINCT person_key, unnest(range(year(entry_date), year(entry_date) + if($freshman_until = 'end_of_next_year', 2, 1))) AS fiscal_year
    FROM student
    WHERE stage = 'tertiary'
),
drawn AS (
    SELECT d.person_key, d.enrollment_no, d.rule_id, d.category, d.timing, d.starts_on, o.ends_on
    FROM decided d
    JOIN overlap o USING (person_key, starts_on)
    WHERE d.scheme = 'resident' AND d.rule_id IN (SELECT rule_id FROM rule WHERE deducts)
      AND ((d.timing = 'current' AND d.action = 'terminate') OR (d.timing = 'past' AND d.would_be = 'terminate'))
),
claim AS (
    SELECT d.enrollment_no, d.rule_id, p.fiscal_year, p.finsubs_amt,
        d.category = 'within_resident' AND (d.person_key, p.fiscal_year) IN (SELECT (person_key, fiscal_year) FROM freshman) AS is_exempt,
        if(d.timing = 'current', 1, 3) AS precedence, d.starts_on
    FROM paid_year p
    JOIN drawn d ON d.enrollment_no = p.enrollment_no
        AND d.starts_on < make_date(p.fiscal_year + 1, 1, 1) AND d.ends_on > make_date(p.fiscal_year, 1, 1)
    ANTI JOIN needed_later n ON n.enrollment_no = if(d.timing = 'past', d.enrollment_no, NULL)
        AND n.ends_on > d.ends_on AND n.starts_on < make_date(p.fiscal_year + 1, 1, 1)
    WHERE p.fiscal_year BETWEEN year($lookback_start) AND year($as_of)
    UNION ALL
    SELECT e.enrollment_no, e.rule_id, p.fiscal_year, p.finsubs_amt, false, 2, NULL
    FROM ended_by_death e JOIN paid_year p USING (enrollment_no)
    WHERE e.action = 'terminate' AND e.scheme = 'resident'
      AND p.fiscal_year > year(e.died_on) AND p.fiscal_year BETWEEN year($lookback_start) AND year($as_of)
),
once AS (
    SELECT * FROM claim
    QUALIFY row_number() OVER (PARTITION BY enrollment_no, fiscal_year ORDER BY is_exempt, precedence, starts_on DESC) = 1
)
SELECT c.enrollment_no, c.rule_id, c.fiscal_year, s.insu_admdvs, s.pool,
    if(c.is_exempt, 'exempt', 'new') AS status,
    c.precedence = 3 AS is_past,
    if(c.finsubs_amt > 0, 'paid_record', 'standard') AS basis,
    CAST(CASE WHEN c.is_exempt THEN 0 WHEN c.finsubs_amt > 0 THEN c.finsubs_amt
         ELSE coalesce(county.amount, if(length(s.pool) > 2, pool.amount, NULL), city.amount, province.amount, nation.amount) END AS DECIMAL(12, 2)) AS amount
FROM spell s
JOIN once c USING (enrollment_no)
LEFT JOIN standard county ON county.code = s.insu_admdvs AND county.fiscal_year = c.fiscal_year
LEFT JOIN standard pool ON pool.code = s.pool AND pool.fiscal_year = c.fiscal_year
LEFT JOIN standard city ON city.code = s.insu_admdvs[1:4] AND city.fiscal_year = c.fiscal_year
LEFT JOIN standard province ON province.code = s.insu_admdvs[1:2] AND province.fiscal_year = c.fiscal_year
LEFT JOIN standard nation ON nation.code = 'nation' AND nation.fiscal_year = c.fiscal_year
