-- Identifiers that carry more rows than any person has: placeholders, or made to harm. Nothing is decided about them.
-- grain: one row per person, key person_key. inputs: enrollment, resident, death.
SELECT person_key, count(*) FILTER (is_enrollment) AS enrollments
FROM (
    SELECT person_key, true AS is_enrollment FROM enrollment
    UNION ALL
    SELECT person_key, false FROM resident
    UNION ALL
    SELECT person_key, false FROM death
)
GROUP BY person_key
HAVING count(*) > $most_rows_of_a_person
