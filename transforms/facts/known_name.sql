-- Names of persons under each of their documents, in comparable form; a name that a row gives as the former one, in a column
-- of its own or in brackets behind the name, stands for the present one under that document.
-- A newborn's placeholder (王芳之女) is no name. Where the number, or else a row, says that its holder is seven or older it counts as a name
-- of its own, so that it conflicts with the holder's: a child that is enrolled under its mother's number. A death under a placeholder is of
-- nobody of whom it is not known that a placeholder can be meant.
-- grain: one row per document, name and origin. inputs: person_name, name_form, person_row.
WITH born AS (
    SELECT document_key, coalesce(birth_date(document_key), min(brdy)) AS born_on FROM person_row GROUP BY document_key
),
spelled AS (
    SELECT n.person_key, document_key,
        coalesce(name_meant(f.name, f.adult_name, coalesce(b.born_on, if(origin = 'death', DATE '0001-01-01', NULL)), $as_of), n.psn_name) AS name,
        f.former_name, origin
    FROM person_name n
    LEFT JOIN name_form f USING (psn_name)
    LEFT JOIN born b USING (document_key)
),
formed AS (
    SELECT DISTINCT person_key, document_key, name, origin FROM spelled WHERE name <> ''
    UNION
    SELECT person_key, document_key, former_name, 'former' FROM spelled WHERE former_name <> '' AND origin <> 'death'
),
renamed AS (
    SELECT n.document_key, f.name AS former, min(n.name) AS name
    FROM formed f JOIN formed n USING (document_key)
    WHERE f.origin = 'former' AND n.origin = 'name' AND n.name <> f.name
    GROUP BY n.document_key, f.name
)
SELECT DISTINCT f.person_key, f.document_key, coalesce(r.name, f.name) AS name, origin
FROM formed f LEFT JOIN renamed r ON r.document_key = f.document_key AND r.former = f.name
