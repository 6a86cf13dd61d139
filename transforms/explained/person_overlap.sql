-- The overlaps of a person in the order of time.
-- grain: one row per overlap, key overlap_id. inputs: said_overlaps, asked_person.
SELECT overlap_id, person_id, category, place, starts_on, ends_on, timing, enrollment_ids, decision_date
FROM said_overlaps
WHERE person_id IN (SELECT person_id FROM asked_person)
ORDER BY starts_on, overlap_id
