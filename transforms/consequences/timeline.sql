-- Every enrollment of a person with a decision, and each earlier row that was merged into it (rules 1.1), under the names that
-- are published. enrollment_place is the place of its id in the order of the ids, from 1 on: what is published in the order of
-- ids is sorted by it, since numbers are sorted several times faster than text.
-- grain: one row per enrollment row, key enrollment_no; part_of is null but for merged ones.
-- inputs: decided, spell, spell_of, enrollment_row, person.
WITH merged AS (
    SELECT o.enrollment_no, s.person_key, s.scheme, s.is_retired, s.is_flexible, s.enrollment_id
    FROM spell s JOIN spell_of o ON o.spell_no = s.enrollment_no AND o.enrollment_no <> o.spell_no
),
told AS (
    SELECT enrollment_no, enrollment_id, person_key, scheme, is_retired, is_flexible, insu_admdvs, starts_on, ends_on, CAST(NULL AS VARCHAR) AS part_of
    FROM spell
    UNION ALL
    SELECT r.enrollment_no, r.enrollment_id, m.person_key, m.scheme, m.is_retired, m.is_flexible, r.insu_admdvs, r.crt_insu_date, r.ends_on, m.enrollment_id
    FROM enrollment_row r JOIN merged m USING (enrollment_no)
)
SELECT CAST(row_number() OVER (ORDER BY t.enrollment_id) AS INTEGER) AS enrollment_place, t.enrollment_no, t.enrollment_id, p.person_id,
    t.scheme, t.insu_admdvs, t.starts_on, t.ends_on, t.part_of,
    CASE WHEN t.scheme = 'employee' THEN CASE WHEN t.is_retired THEN 'retired' WHEN t.is_flexible THEN 'flexible' ELSE 'employed' END END AS standing
FROM told t JOIN person p USING (person_key)
WHERE t.person_key IN (SELECT person_key FROM decided)
