-- Every enrollment of a person with a decision, and each earlier row that was merged into it (rules 1.1), under the names that
-- are published. A share of the persons at a time.
-- grain: one row per enrollment row, key enrollment_no; part_of is null but for merged ones.
-- inputs: decided, spell, spell_of, enrollment_row, person.
WITH own AS NOT MATERIALIZED (
    FROM spell WHERE in_share(person_key)
),
merged AS (
    SELECT o.enrollment_no, s.person_key, s.scheme, s.is_retired, s.is_flexible, s.enrollment_id
    FROM own s JOIN spell_of o ON o.spell_no = s.enrollment_no AND o.enrollment_no <> o.spell_no
),
told AS (
    SELECT enrollment_no, enrollment_id, person_key, scheme, is_retired, is_flexible, insu_admdvs, starts_on, ends_on, CAST(NULL AS VARCHAR) AS part_of
    FROM own
    UNION ALL
    SELECT r.enrollment_no, r.enrollment_id, m.person_key, m.scheme, m.is_retired, m.is_flexible, r.insu_admdvs, r.crt_insu_date, r.ends_on, m.enrollment_id
    FROM (FROM enrollment_row WHERE in_share(person_key)) r JOIN merged m USING (enrollment_no)
)
SELECT t.enrollment_no, t.enrollment_id, p.person_id, t.scheme, t.insu_admdvs, t.starts_on, t.ends_on, t.part_of,
    CASE WHEN t.scheme = 'employee' THEN CASE WHEN t.is_retired THEN 'retired' WHEN t.is_flexible THEN 'flexible' ELSE 'employed' END END AS standing
FROM told t JOIN (SELECT person_key, person_id FROM person WHERE in_share(person_key)) p USING (person_key)
WHERE t.person_key IN (SELECT person_key FROM decided WHERE in_share(person_key))
