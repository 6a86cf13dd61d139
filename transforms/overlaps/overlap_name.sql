-- The published id of each overlap: the same from night to night for the same person, members and start.
-- grain: one row per overlap, key (person_key, starts_on). inputs: overlap_member, spell, person.
WITH named AS (
    SELECT m.person_key, m.starts_on, list_sort(list(s.enrollment_id)) AS enrollment_ids
    FROM overlap_member m JOIN spell s USING (enrollment_no)
    GROUP BY m.person_key, m.starts_on
)
SELECT n.person_key, n.starts_on, n.enrollment_ids,
    sha256(concat_ws('|', person_id, array_to_string(enrollment_ids, ','), strftime(n.starts_on, '%Y-%m-%d')))[1:32] AS overlap_id
FROM named n JOIN person USING (person_key)
