-- The doubtful who are active under no enrollment on the as-of date, each with why the plan leaves the person out, if it
-- does: the dead, the emigrated, those in military service, and newborns who are registered in time, whose cover begins
-- with their birth (rules 4.5). Who stands on the register somewhere has not emigrated, or is back.
-- grain: one row per person, key person_key. inputs: doubtful, cover, spell, plan_resident, enrollment, everybody_death.
WITH departed AS (
    SELECT person_key, 'deceased' AS reason FROM everybody_death WHERE death_date <= $as_of
    UNION ALL
    SELECT person_key, CASE dereg_reason WHEN 'death' THEN 'deceased' ELSE dereg_reason END
    FROM plan_resident
    WHERE dereg_reason IN ('death', 'emigrated', 'military') AND coalesce(dereg_date, $as_of) <= $as_of
      AND (dereg_reason = 'death' OR person_key NOT IN (SELECT person_key FROM plan_resident WHERE dereg_reason IS NULL))
),
birth AS (
    -- of whom the register and the enrollments know nothing the number tells
    SELECT d.person_key, coalesce(min(r.brdy), birth_date(d.person_key)) AS born_on
    FROM doubtful d
    LEFT JOIN (SELECT person_key, brdy FROM plan_resident UNION ALL SELECT person_key, brdy FROM enrollment) r USING (person_key)
    GROUP BY d.person_key
),
newborn AS (
    SELECT person_key FROM birth WHERE born_on BETWEEN $as_of - CAST($newborn_days AS INTEGER) AND $as_of
),
registered AS (
    SELECT DISTINCT person_key, 'newborn' AS reason
    FROM spell s JOIN newborn n USING (person_key)
    WHERE s.scheme = 'resident' AND s.starts_on <= $as_of AND s.ends_on > $as_of
),
leaving AS (
    -- deceased before emigrated before military before newborn: the order of the alphabet
    SELECT person_key, min(reason) AS reason FROM (SELECT * FROM departed UNION ALL SELECT * FROM registered) GROUP BY person_key
)
SELECT d.person_key, n.person_key IS NOT NULL AS is_newborn, l.reason AS left_out
FROM doubtful d
LEFT JOIN newborn n USING (person_key)
LEFT JOIN leaving l USING (person_key)
WHERE d.person_key NOT IN (SELECT person_key FROM cover WHERE starts_on <= $as_of AND ends_on > $as_of)
