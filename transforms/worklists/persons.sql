-- Name and certificate of whoever a worklist speaks of, as tonight's extracts have them; of whom only a ledger still speaks,
-- as they were last published.
-- grain: one row per person, key person_id.
-- inputs: work.terminations, work.suspensions, work.reviews, work.refunds, work.subsidy_deductions, person, last_person.
WITH listed AS (
    SELECT person_id FROM work.terminations
    UNION SELECT person_id FROM work.suspensions
    UNION SELECT person_id FROM work.reviews
    UNION SELECT person_id FROM work.refunds
    UNION SELECT account_person_id FROM work.refunds
    UNION SELECT person_id FROM work.subsidy_deductions
)
SELECT person_id, name, certno_canonical FROM person SEMI JOIN listed USING (person_id)
UNION ALL
SELECT person_id, name, certno_canonical FROM last_person l SEMI JOIN listed USING (person_id)
WHERE NOT EXISTS (SELECT 1 FROM person p WHERE p.person_id = l.person_id)
