-- The guard, all at once: of each enrollment to be ended tonight, the first day from its effective date on at which it
-- would be benefit-active while none that stays is (rules 3, the guard). Not for the deceased and the deregistered.
-- Covers that stay are merged into islands; a day is uncovered where no island holds it, so the first uncovered day of
-- an interval is its own first day or the end of the island that holds that day.
-- grain: one row per enrollment that would leave a gap, key enrollment_no. inputs: proposed, cover, benefit.
WITH ending AS (
    SELECT person_key, enrollment_no, effective_date
    FROM proposed
    WHERE counts AND action IN ('terminate', 'suspend')
),
benefit_cover AS (
    SELECT c.person_key, c.enrollment_no, greatest(c.starts_on, b.benefits_from) AS starts_on, c.ends_on
    FROM cover c JOIN benefit b USING (enrollment_no)
    WHERE b.benefits_from < c.ends_on AND c.person_key IN (SELECT person_key FROM ending)
),
staying AS (
    SELECT *, coalesce(starts_on > max(ends_on) OVER
        (PARTITION BY person_key ORDER BY starts_on, ends_on, enrollment_no ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), true) AS is_new
    FROM benefit_cover
    WHERE enrollment_no NOT IN (SELECT enrollment_no FROM ending)
),
numbered AS (
    SELECT *, count(*) FILTER (is_new) OVER (PARTITION BY person_key ORDER BY starts_on, ends_on, enrollment_no ROWS UNBOUNDED PRECEDING) AS island
    FROM staying
),
islands AS (
    SELECT person_key, min(starts_on) AS starts_on, max(ends_on) AS ends_on FROM numbered GROUP BY person_key, island
),
lost AS (
    SELECT e.person_key, e.enrollment_no, greatest(b.starts_on, e.effective_date) AS starts_on, b.ends_on
    FROM ending e JOIN benefit_cover b USING (enrollment_no)
    WHERE b.ends_on > e.effective_date
)
SELECT l.enrollment_no, min(coalesce(i.ends_on, l.starts_on)) AS uncovered_on
FROM lost l
LEFT JOIN islands i ON i.person_key = l.person_key AND i.starts_on <= l.starts_on AND i.ends_on > l.starts_on
WHERE coalesce(i.ends_on, l.starts_on) < l.ends_on
GROUP BY l.enrollment_no
