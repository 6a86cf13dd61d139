-- Of the dataset timelines: what all stretches of an enrollment share.
SELECT enrollment_place, enrollment_id, person_id, scheme, insu_admdvs, standing, part_of
FROM timeline
ORDER BY enrollment_place
