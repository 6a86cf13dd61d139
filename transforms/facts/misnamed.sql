-- Rows of schools and payments under a name that is none of the person's, in comparable form: whose they are nobody can tell
-- (docs/decisions/0106). Names are compared for each document by itself, as a passport spells a name otherwise than a resident ID; former names
-- count, and a document of which no row has a name says nothing.
-- grain: one row per row and person. inputs: other_name, own_name, name_form.
WITH born AS (
    SELECT document_key, coalesce(birth_date(document_key), min(brdy)) AS born_on FROM own_name GROUP BY document_key
),
known AS (
    SELECT DISTINCT o.person_key, o.document_key, unnest([name_meant(f.name, f.adult_name, b.born_on, $as_of), f.former_name]) AS name
    FROM own_name o JOIN name_form f USING (psn_name) JOIN born b USING (document_key)
),
compared AS (
    SELECT o.person_key, o.extract, o.row_key, o.psn_name, k.name AS own_name, f.former_name,
        name_meant(f.name, f.adult_name, b.born_on, $as_of) AS name
    FROM other_name o
    JOIN name_form f USING (psn_name)
    JOIN known k ON k.person_key = o.person_key AND k.name <> '' AND coalesce(k.document_key = o.document_key, true)
    JOIN born b ON b.document_key = k.document_key
)
SELECT person_key, extract, row_key
FROM compared
WHERE name <> ''
GROUP BY person_key, extract, row_key, psn_name
HAVING NOT bool_or(names_agree(name, own_name) OR coalesce(names_agree(former_name, own_name), false))
