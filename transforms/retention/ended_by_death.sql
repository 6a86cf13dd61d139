-- Enrollments that `deceased` ends: every one of a dead person whose span reaches beyond the as-of date, overlap or
-- not, paid or not; under review where the sources are in doubt or the number is used by two people (rules 3, step 1).
-- grain: one row per enrollment, key enrollment_no. inputs: deceased, spell, identity_conflict.
SELECT s.person_key, s.enrollment_no, s.scheme, s.insu_admdvs, d.died_on,
    if(x.person_key IS NULL, 'deceased', 'identity_conflict') AS rule_id,
    if(x.person_key IS NULL AND len(d.doubts) = 0, 'terminate', 'review') AS action,
    if(action = 'terminate', d.died_on + 1, NULL) AS effective_date,
    coalesce(x.fields, d.doubts) AS conflict
FROM deceased d
JOIN spell s USING (person_key)
LEFT JOIN identity_conflict x USING (person_key)
WHERE s.ends_on > $as_of
