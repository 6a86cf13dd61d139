-- Names of persons in comparable form; a name that a row gives as the former one stands for the present one.
-- grain: one row per person, name and origin. inputs: person_name, name_form.
WITH formed AS (
    SELECT DISTINCT person_key, coalesce(f.name, n.psn_name) AS name, origin
    FROM person_name n LEFT JOIN name_form f USING (psn_name)
    WHERE coalesce(f.name, n.psn_name) <> ''
),
renamed AS (
    SELECT n.person_key, f.name AS former, min(n.name) AS name
    FROM formed f JOIN formed n USING (person_key)
    WHERE f.origin = 'former' AND n.origin = 'name' AND n.name <> f.name
    GROUP BY n.person_key, f.name
)
SELECT DISTINCT f.person_key, coalesce(r.name, f.name) AS name, origin
FROM formed f LEFT JOIN renamed r ON r.person_key = f.person_key AND r.former = f.name
