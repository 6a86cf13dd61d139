-- The published id of each overlap: the same from night to night for the same person, members and start.
-- grain: one row per overlap, key (person_key, starts_on). inputs: overlap, overlap_shape, person.
SELECT o.person_key, o.starts_on,
    sha256(concat_ws('|', person_id, array_to_string(enrollment_ids, ','), strftime(o.starts_on, '%Y-%m-%d')))[1:32] AS overlap_id
FROM overlap o JOIN overlap_shape USING (person_key, starts_on) JOIN person USING (person_key)
