-- The rows of enrollment and public security of persons whose rows do not all say the same name, sex and birth date, or whose
-- number or links are no identity, with the document that each row goes by: only these can be in conflict (rules 2,
-- identity_conflict). Former names, and the names in reports of death, count as
-- names here.
-- grain: one row per row of the two extracts. inputs: enrollment, resident, death_report, no_identity, suspicious.
WITH said AS (
    SELECT person_key, psn_name, CASE gend WHEN '1' THEN 1 WHEN '2' THEN 2 ELSE 0 END AS sex, brdy FROM enrollment
    UNION ALL
    SELECT person_key, psn_name, CASE gend WHEN '1' THEN 1 WHEN '2' THEN 2 ELSE 0 END, brdy FROM resident
    UNION ALL
    SELECT person_key, former_name, 0, NULL FROM resident WHERE former_name IS NOT NULL
    UNION ALL
    SELECT person_key, psn_name, 0, NULL FROM death_report
),
differing AS (
    SELECT person_key FROM said GROUP BY person_key
    HAVING min(psn_name) < max(psn_name) OR bit_or(sex) = 3 OR min(brdy) < max(brdy)
    UNION
    SELECT person_key FROM no_identity
    UNION
    SELECT person_key FROM suspicious
)
SELECT person_key, document_key, 'enrollment' AS extract, psn_insu_rlts_id AS row_key, psn_name, NULL AS former_name, gend, brdy
FROM enrollment SEMI JOIN differing USING (person_key)
UNION ALL
SELECT person_key, document_key, 'resident', NULL, psn_name, former_name, gend, brdy
FROM resident SEMI JOIN differing USING (person_key)
