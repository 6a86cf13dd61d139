-- What was booked for the dead of the persons in question: effective contributions whose months begin after the month of
-- death, and stays in hospital after the day of death, up to the as-of date (rules 4.6). It belongs to whoever owns the
-- enrollment that it belongs to, if that one is dead, else to whoever's number it carries. Of a death in doubt, or that a
-- clerk has not let pass, the rows are marked.
-- A stay has no key of its own: it is named by a keyed hash of its content, and rows that say the same are one.
-- grain: one row per contribution or stay, key (extract, row_key).
-- inputs: deceased, crowded, identity_conflict, ended_by_death, payment, spell, inpatient_stay, spell_row.
WITH dead AS (
    SELECT person_key, died_on, month_of(died_on) AS died_in,
        len(doubts) > 0 OR person_key IN (SELECT person_key FROM identity_conflict)
            OR person_key IN (SELECT person_key FROM ended_by_death WHERE action <> 'terminate') AS is_doubtful
    FROM deceased
    WHERE person_key NOT IN (SELECT person_key FROM crowded)
),
theirs AS (
    SELECT s.enrollment_no, s.enrollment_id, s.person_key FROM spell s SEMI JOIN dead USING (person_key)
),
paid AS (
    SELECT coalesce(t.person_key, p.person_key) AS person_key, t.enrollment_id, p.clct_detl_id, p.first_month, p.last_month,
        p.psn_clct_amt, p.oth_clct_amt, p.finsubs_amt
    FROM payment p LEFT JOIN theirs t USING (enrollment_no)
    WHERE p.person_key IN (SELECT person_key FROM dead) OR t.enrollment_no IS NOT NULL
),
stay AS (
    SELECT DISTINCT coalesce(t.person_key, i.person_key) AS person_key, t.enrollment_id, i.admitted_on, i.discharged_on,
        keyed_hash(concat_ws('|', 'inpatient_stay', i.document_key, coalesce(i.psn_insu_rlts_id, ''), i.admitted_on, i.discharged_on)) AS row_key
    FROM inpatient_stay i
    LEFT JOIN spell_row r ON r.enrollment_id = i.psn_insu_rlts_id
    LEFT JOIN theirs t ON t.enrollment_no = r.enrollment_no
    WHERE i.admitted_on <= $as_of AND (i.person_key IN (SELECT person_key FROM dead) OR t.enrollment_no IS NOT NULL)
)
SELECT d.person_key, d.died_on, 'contribution' AS extract, p.clct_detl_id AS row_key, p.enrollment_id,
    first_day(p.first_month) AS begins_on, first_day(p.last_month + 1) AS ends_on,
    p.psn_clct_amt, p.oth_clct_amt, p.finsubs_amt, d.is_doubtful
FROM paid p JOIN dead d USING (person_key)
WHERE p.first_month > d.died_in
UNION ALL
SELECT d.person_key, d.died_on, 'inpatient_stay', s.row_key, s.enrollment_id, s.admitted_on, s.discharged_on, NULL, NULL, NULL, d.is_doubtful
FROM stay s JOIN dead d USING (person_key)
WHERE s.admitted_on > d.died_on
