-- The published id of each overlap: the same from night to night for the same person, members and start.
-- Nearly all are of two, the least and the greatest id; a list is sorted for the others only. A share of the persons at a time.
-- grain: one row per overlap, key (person_key, starts_on). inputs: overlap_member, spell, person.
WITH member AS NOT MATERIALIZED (
    SELECT person_key, starts_on, enrollment_no FROM overlap_member WHERE in_share(person_key)
),
id AS NOT MATERIALIZED (
    SELECT enrollment_no, enrollment_id FROM spell WHERE in_share(person_key)
),
pair AS (
    SELECT person_key, starts_on, count(*) AS members, [min(enrollment_id), max(enrollment_id)] AS enrollment_ids
    FROM member JOIN id USING (enrollment_no)
    GROUP BY person_key, starts_on
),
named AS (
    SELECT person_key, starts_on, enrollment_ids FROM pair WHERE members = 2
    UNION ALL
    SELECT person_key, starts_on, list_sort(list(enrollment_id))
    FROM id
    JOIN (FROM member SEMI JOIN (FROM pair WHERE members > 2) USING (person_key, starts_on)) USING (enrollment_no)
    GROUP BY person_key, starts_on
)
SELECT n.person_key, n.starts_on, p.person_id, n.enrollment_ids,
    sha256(concat_ws('|', p.person_id, array_to_string(enrollment_ids, ','), n.starts_on))[1:32] AS overlap_id
FROM named n JOIN (SELECT person_key, person_id FROM person WHERE in_share(person_key)) p USING (person_key)
