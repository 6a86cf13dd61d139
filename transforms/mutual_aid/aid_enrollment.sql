-- The basic enrollments of those who give and receive mutual aid, and those that a relation names (rules 4.4).
-- grain: one row per enrollment row, key enrollment_id. inputs: mutual_aid, everybody_enrollment.
WITH basic AS NOT MATERIALIZED (
    SELECT psn_insu_rlts_id AS enrollment_id, person_key, insutype = '310' AS is_employee, insu_admdvs, crt_insu_date,
        crt_insu_date <= $as_of AND coalesce(paus_insu_date, DATE '9999-12-31') > $as_of AS holds
    FROM everybody_enrollment
    WHERE insutype IN ('310', '390', '380', '391') AND psn_insu_stas IN ('1', '2', '4')
),
party AS (
    SELECT donor_person_key AS person_key FROM mutual_aid UNION SELECT beneficiary_person_key FROM mutual_aid
)
-- where there are no relations, nothing is read
SELECT * FROM basic SEMI JOIN party USING (person_key)
UNION
SELECT * FROM basic SEMI JOIN mutual_aid ON donor_enrollment_id = enrollment_id
