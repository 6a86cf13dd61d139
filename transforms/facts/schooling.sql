-- Schools at which a person is an enrolled student on the decision date: status enrolled, entry_date <= day <
-- expected_graduation (rules 2, school_place and freshman_year). is_freshman: until the end of the year of entry, or of
-- the next one where freshman_until says so; whoever is one goes to no other school. school_pool is null where the place cannot be read.
-- grain: one row per overlap with residents and school, not unique. inputs: overlap, overlap_shape, student, pooling.
SELECT o.overlap_no, o.person_key, o.starts_on, s.row_id, s.school_admdvs, s.school_admdvs[1:pool_digits] AS school_pool,
    s.stage = 'tertiary' AND year(o.decision_date) <= year(s.entry_date) + if($freshman_until = 'end_of_next_year', 1, 0) AS is_freshman
FROM overlap o
JOIN overlap_shape USING (overlap_no)
JOIN student s ON s.person_key = o.person_key
LEFT JOIN pooling ON province = s.school_admdvs[1:2]
WHERE n_resident >= 2
  AND is_at_school(s.status, s.entry_date, s.expected_graduation, o.decision_date)
QUALIFY is_freshman = bool_or(is_freshman) OVER (PARTITION BY o.overlap_no)
