-- Foreign passports as extracts without a nationality know them: by the number alone, where only one country's passport of
-- that number is enrolled, and none of China's, which is its number alone. Which of two is meant nobody can tell.
-- grain: one row per number, key number_key. inputs: read_enrollment.
SELECT number_key, any_value(person_key) AS passport_key, any_value(id_kind) AS id_kind, any_value(canonical) AS canonical
FROM read_enrollment
WHERE number_key IS NOT NULL
GROUP BY number_key
HAVING count(DISTINCT person_key) = 1 AND passport_key <> number_key
