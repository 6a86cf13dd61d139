-- The guard, over all persons at once: for each enrollment that is to be ended tonight, the first day, from its effective date on, on
-- which it would have given benefits and none of those that stay does (rules 3, the guard). Not for the deceased and the deregistered.
-- Covers that stay are merged into islands; a day is uncovered where no island holds it, so the first uncovered day of
-- an interval is its own first day or the end of the island that holds that day.
-- Nothing ends before the as-of date: covers that are over by then and benefits that have begun by then are not looked at.
-- is_by_return: what a clerk returned is among what does not stay.
-- grain: one row per enrollment that would leave a gap, key enrollment_no. inputs: proposed, cover, benefit, returned.
WITH ending AS (
    SELECT person_key, enrollment_no, effective_date
    FROM proposed
    WHERE counts AND action IN ('terminate', 'suspend') AND rule_id NOT IN ('deceased', 'deregistered')
),
benefit_cover AS MATERIALIZED (
    SELECT c.person_key, c.enrollment_no, greatest(c.starts_on, b.benefits_from) AS starts_on, c.ends_on, e.effective_date
    FROM cover c
    LEFT JOIN ending e ON e.enrollment_no = c.enrollment_no
    LEFT JOIN (SELECT * FROM benefit WHERE benefits_from > $as_of) b ON b.enrollment_no = c.enrollment_no
    WHERE c.ends_on > $as_of AND (b.benefits_from IS NULL OR b.benefits_from < c.ends_on) AND c.person_key IN (SELECT person_key FROM ending)
),
answered AS (
    -- what a clerk said was ended, or suspended, is so already or will be, whatever tonight would have; where they contradict each other
    -- nobody knows
    SELECT person_key, enrollment_no
    FROM (SELECT person_key, enrollment_no FROM proposed WHERE confirmed_up_to >= gravity('suspend')
          UNION SELECT person_key, enrollment_no FROM returned WHERE fate = 'contradicted')
    ANTI JOIN ending USING (enrollment_no)
),
staying AS (
    SELECT person_key, enrollment_no, starts_on, ends_on
    FROM benefit_cover ANTI JOIN answered USING (enrollment_no)
    WHERE effective_date IS NULL
),
lost AS (
    -- most people keep one cover that holds all of these days: they lose nothing
    SELECT l.*
    FROM (SELECT person_key, enrollment_no, greatest(starts_on, effective_date) AS starts_on, ends_on FROM benefit_cover WHERE ends_on > effective_date) l
    ANTI JOIN staying s ON s.person_key = l.person_key AND s.starts_on <= l.starts_on AND s.ends_on >= l.ends_on
),
begun AS (
    SELECT *, coalesce(starts_on > max(ends_on) OVER
        (PARTITION BY person_key ORDER BY starts_on, ends_on, enrollment_no ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), true) AS is_new
    FROM staying
    WHERE person_key IN (SELECT person_key FROM lost)
),
numbered AS (
    SELECT *, count(*) FILTER (is_new) OVER (PARTITION BY person_key ORDER BY starts_on, ends_on, enrollment_no ROWS UNBOUNDED PRECEDING) AS island
    FROM begun
),
islands AS (
    SELECT person_key, min(starts_on) AS starts_on, max(ends_on) AS ends_on FROM numbered GROUP BY person_key, island
)
SELECT l.enrollment_no, min(coalesce(i.ends_on, l.starts_on)) AS uncovered_on,
    any_value(l.person_key) IN (SELECT person_key FROM answered) AS is_by_return
FROM lost l
LEFT JOIN islands i ON i.person_key = l.person_key AND i.starts_on <= l.starts_on AND i.ends_on > l.starts_on
WHERE coalesce(i.ends_on, l.starts_on) < l.ends_on
GROUP BY l.enrollment_no
