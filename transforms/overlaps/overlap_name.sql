-- The published id of each overlap: the same from night to night for the same person, members and start.
-- Nearly all are of two, the least and the greatest id; a list is sorted for the others only.
-- grain: one row per overlap, key (person_key, starts_on). inputs: overlap_member, spell, person.
WITH pair AS (
    SELECT m.person_key, m.starts_on, count(*) AS members, [min(s.enrollment_id), max(s.enrollment_id)] AS enrollment_ids
    FROM overlap_member m JOIN spell s USING (enrollment_no)
    GROUP BY m.person_key, m.starts_on
),
named AS (
    SELECT person_key, starts_on, enrollment_ids FROM pair WHERE members = 2
    UNION ALL
    SELECT m.person_key, m.starts_on, list_sort(list(s.enrollment_id))
    FROM spell s
    JOIN (SELECT * FROM overlap_member SEMI JOIN (SELECT * FROM pair WHERE members > 2) USING (person_key, starts_on)) m USING (enrollment_no)
    GROUP BY m.person_key, m.starts_on
)
SELECT n.person_key, n.starts_on, p.person_id, n.enrollment_ids,
    sha256(concat_ws('|', p.person_id, array_to_string(enrollment_ids, ','), n.starts_on))[1:32] AS overlap_id
FROM named n JOIN person p USING (person_key)
