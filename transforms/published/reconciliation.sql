-- What must add up before a night is published: names and two counts each, which are equal (promise 5).
-- grain: one row per control. inputs: decided, decision, overlap_member, person_ruling, enrollment_row,
-- spell, continuation, deduction, deduction_share, refund, after_death, overlap_evidence, person_evidence, plan.gap, plan.uncovered, person.
WITH told AS MATERIALIZED (
    SELECT DISTINCT enrollment_no, starts_on FROM decided
)
SELECT 'every member of an overlap has one decision, but for what one of the person stands for' AS name,
    (SELECT count(*) FROM overlap_member
     WHERE timing = 'past' OR person_key NOT IN (SELECT person_key FROM person_ruling WHERE stands_for_overlaps)) AS expected,
    (SELECT count(*) FROM told WHERE starts_on IS NOT NULL) AS found
UNION ALL
SELECT 'no member has two decisions in one overlap', (SELECT count(*) FROM decided),
    (SELECT count(*) FROM told)
UNION ALL
SELECT 'every decision is published', (SELECT count(*) FROM decided), (SELECT count(*) FROM decision)
UNION ALL
SELECT 'every enrollment decided with its person has its row', (SELECT count(*) FROM person_ruling),
    (SELECT count(*) FROM decided WHERE starts_on IS NULL)
UNION ALL
SELECT 'one decision counts for each enrollment', (SELECT count(DISTINCT enrollment_no) FROM told),
    (SELECT count(*) FROM decided WHERE counts)
UNION ALL
SELECT 'fen of deductions over the levels add up', (SELECT coalesce(CAST(sum(amount) * 100 AS BIGINT), 0) FROM deduction),
    (SELECT coalesce(CAST(sum(amount) * 100 AS BIGINT), 0) FROM deduction_share)
UNION ALL
SELECT 'every deduction has its amount', 0, (SELECT count(*) FROM deduction WHERE amount IS NULL)
UNION ALL
SELECT 'one refund row for each enrollment and period', (SELECT count(*) FROM refund),
    (SELECT count(*) FROM (SELECT DISTINCT enrollment_no, period_begin FROM refund))
UNION ALL
SELECT 'every row after a death is published with a person, once', (SELECT count(*) FROM after_death),
    (SELECT count(*) FROM (SELECT DISTINCT extract, row_key FROM after_death JOIN person USING (person_key)))
UNION ALL
SELECT 'no decision without evidence', 0, (SELECT count(*) FROM decision WHERE enrolled_on IS NULL)
UNION ALL
SELECT 'evidence of an overlap stands once', (SELECT count(*) FROM overlap_evidence),
    (SELECT count(*) FROM (SELECT DISTINCT person_key, starts_on FROM overlap_evidence))
UNION ALL
SELECT 'evidence of a person stands once', (SELECT count(*) FROM person_evidence), (SELECT count(DISTINCT person_key) FROM person_evidence)
UNION ALL
SELECT 'every row of a person in question is in one spell', (SELECT count(*) FROM enrollment_row),
    (SELECT count(*) FROM spell) + (SELECT count(*) FROM continuation)
UNION ALL
SELECT 'every row of a person in question has an id of its own', (SELECT count(*) FROM enrollment_row),
    (SELECT count(DISTINCT enrollment_id) FROM enrollment_row)
UNION ALL
SELECT 'every overlap has two members or more', 0,
    (SELECT count(*) FROM (SELECT overlap_no FROM overlap_member GROUP BY overlap_no HAVING count(*) < 2))
UNION ALL
SELECT 'every gap in cover is published with a person', (SELECT count(*) FROM plan.gap),
    (SELECT count(*) FROM plan.gap JOIN person USING (person_key) WHERE items <> '')
UNION ALL
SELECT 'who is covered by nothing is listed or left out', (SELECT count(*) FROM plan.uncovered),
    (SELECT count(*) FROM plan.gap) + (SELECT count(*) FROM plan.uncovered WHERE left_out IS NOT NULL)
