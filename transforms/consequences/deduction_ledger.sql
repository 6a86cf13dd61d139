-- The ledger of deductions over the nights, keyed on (enrollment, year). What an earlier night reported is not new again. What
-- tonight's decisions no longer make is reversed, with the amounts that were reported (rules 4.1), but in three cases: its year has
-- left the look-back; its enrollment waits to be ended (pending); or it was carried out, that is, the enrollment has been ended since
-- it was reported (of a death at any time, while the person is still said to be dead), no other row continues it, and not all premiums of
-- the year that name it are void now. An overlap that is over may be read otherwise at its last day, but takes back no second subsidy of
-- a member and year. What was reversed stays reversed unless it is due again. The state is the last publication (last_deduction), nothing else.
-- grain: one row per enrollment, year and level.
-- inputs: deduction, deduction_share, timeline, pending, last_deduction, reported_enrollment, reported_premium, everybody_death,
-- everybody_resident, overlap_member.
WITH tonight AS (
    SELECT t.enrollment_id, t.person_id, d.insu_admdvs, CAST(d.fiscal_year AS INTEGER) AS fiscal_year, d.level, d.amount, d.basis,
        d.rule_id, $deduction_clause AS clause, d.status, d.is_past
    FROM deduction_share d
    JOIN (SELECT enrollment_no, enrollment_id, person_id FROM timeline SEMI JOIN deduction USING (enrollment_no)) t USING (enrollment_no)
),
due AS (
    SELECT DISTINCT enrollment_id, fiscal_year FROM tonight WHERE status = 'new'
),
standing AS (
    SELECT DISTINCT enrollment_id, fiscal_year FROM last_deduction WHERE status IN ('new', 'reported')
),
dead AS (
    SELECT person_key, min(died_on) AS died_on
    FROM (
        SELECT person_key, death_date AS died_on FROM everybody_death SEMI JOIN reported_enrollment USING (person_key)
        UNION ALL
        SELECT person_key, dereg_date FROM everybody_resident SEMI JOIN reported_enrollment USING (person_key) WHERE dereg_reason = 'death'
    )
    WHERE died_on <= $as_of
    GROUP BY person_key
),
ended AS (
    SELECT e.enrollment_id, e.person_id, e.insu_admdvs AS is_at, d.died_on,
        if(e.continued_by IS NULL, e.ended_on, NULL) AS ended_on, e.continued_by IS NULL AND e.never_began AS never_began
    FROM reported_enrollment e LEFT JOIN dead d USING (person_key)
),
unpaid AS (
    SELECT enrollment_id, first_month // 12 AS fiscal_year FROM reported_premium GROUP BY ALL HAVING NOT bool_or(is_paid OR is_nameless)
),
told AS (
    SELECT l.* REPLACE (place_told(l.insu_admdvs, e.is_at) AS insu_admdvs), e.person_id AS known_as,
        coalesce(if(rule_id = 'deceased', (e.ended_on <= $as_of OR e.never_began) AND year(e.died_on) < fiscal_year,
            e.ended_on BETWEEN l.first_reported_on AND $as_of), false)
            AND (enrollment_id, fiscal_year) NOT IN (SELECT (enrollment_id, fiscal_year) FROM unpaid) AS is_carried_out
    FROM last_deduction l LEFT JOIN ended e USING (enrollment_id)
),
carried AS (
    SELECT * REPLACE (
        coalesce(known_as, person_id) AS person_id,
        CASE
            WHEN status = 'reversed' THEN 'reversed'
            WHEN (enrollment_id, fiscal_year) IN (SELECT (enrollment_id, fiscal_year) FROM due) THEN 'reported'
            WHEN fiscal_year < year($lookback_start) OR is_carried_out OR enrollment_id IN (SELECT enrollment_id FROM pending WHERE would_be = 'terminate') THEN 'reported'
            ELSE 'reversed'
        END AS status)
    FROM told
    WHERE status IN ('new', 'reported')
       OR (status = 'reversed' AND (enrollment_id, fiscal_year) NOT IN (SELECT (enrollment_id, fiscal_year) FROM due))
),
done AS (
    SELECT DISTINCT enrollment_id, fiscal_year FROM carried ANTI JOIN due USING (enrollment_id, fiscal_year) WHERE status = 'reported' AND is_carried_out
),
ended_overlap AS (
    -- the few stand on the right of every join
    SELECT o.overlap_no, e.fiscal_year
    FROM overlap_member o
    JOIN (SELECT t.enrollment_no, d.fiscal_year FROM timeline t JOIN done d USING (enrollment_id)) e USING (enrollment_no)
),
beside AS (
    SELECT t.enrollment_id, m.fiscal_year
    FROM timeline t
    JOIN (SELECT m.enrollment_no, e.fiscal_year FROM overlap_member m JOIN ended_overlap e USING (overlap_no)) m USING (enrollment_no)
)
SELECT enrollment_id, person_id, insu_admdvs, fiscal_year, level, amount, basis, rule_id, clause, status, first_reported_on FROM carried
UNION ALL
SELECT t.enrollment_id, t.person_id, t.insu_admdvs, t.fiscal_year, t.level, t.amount, t.basis, t.rule_id, t.clause, t.status,
    coalesce(l.first_reported_on, $as_of)
FROM tonight t
LEFT JOIN last_deduction l ON l.status = 'exempt' AND t.status = 'exempt'
    AND l.enrollment_id = t.enrollment_id AND l.fiscal_year = t.fiscal_year AND l.level = t.level
WHERE (t.enrollment_id, t.fiscal_year) NOT IN (SELECT (enrollment_id, fiscal_year) FROM standing)
  AND NOT (t.is_past AND (t.enrollment_id, t.fiscal_year) IN (SELECT (enrollment_id, fiscal_year) FROM beside))
  AND NOT (t.status = 'exempt' AND (t.enrollment_id, t.fiscal_year) IN (SELECT (enrollment_id, fiscal_year) FROM carried))
