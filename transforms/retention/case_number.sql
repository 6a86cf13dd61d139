-- Under which digits the worklists list the cases of persons of whom clerks returned something: with them a return names one case,
-- and not another of the same enrollment.
-- grain: one row per case, key (enrollment_no, starts_on); starts_on is null for what is decided of the person.
-- inputs: case_feedback, enrollment_row, spell, overlap_member, enrollment, kind.
WITH asked AS (
    SELECT DISTINCT person_key FROM enrollment_row SEMI JOIN case_feedback USING (enrollment_id)
),
named AS (
    SELECT a.person_key, keyed_hash(if(a.person_key > 0, certificate_number(a.person_key, NULL), t.text)) AS person_id
    FROM asked a
    LEFT JOIN (
        SELECT person_key, min(kind.kind || ':' || canonical) AS text
        FROM enrollment JOIN kind USING (id_kind)
        WHERE document_key = person_key
        GROUP BY person_key
    ) t USING (person_key)
),
member AS (
    SELECT m.person_key, m.starts_on, m.enrollment_no, s.enrollment_id
    FROM overlap_member m
    SEMI JOIN asked USING (person_key)
    JOIN spell s USING (enrollment_no)
),
overlapping AS (
    SELECT person_key, starts_on, list_sort(list(enrollment_id)) AS enrollment_ids FROM member GROUP BY person_key, starts_on
)
SELECT m.enrollment_no, m.starts_on, case_digits(m.enrollment_id, overlap_id_of(n.person_id, o.enrollment_ids, m.starts_on)) AS digits
FROM member m
JOIN overlapping o USING (person_key, starts_on)
JOIN named n USING (person_key)
UNION ALL
SELECT s.enrollment_no, NULL, case_digits(s.enrollment_id, NULL) FROM spell s SEMI JOIN asked USING (person_key)
