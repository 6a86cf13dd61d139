-- Days on which a resident enrollment of a past overlap was needed after all: active alone, or kept, tolerated, held or
-- under review in an overlap (rules 4.1): cover that was needed is not clawed back. Only of enrollments that a past overlap
-- would end: of no other is it asked.
-- grain: one row per stretch, not unique. inputs: segment, cover, decided, overlap, person_ruling.
WITH ended AS (
    SELECT DISTINCT enrollment_no FROM decided WHERE timing = 'past' AND would_be = 'terminate' AND scheme = 'resident'
),
ended_cover AS (
    SELECT c.* FROM cover c SEMI JOIN ended USING (enrollment_no)
)
SELECT c.enrollment_no, s.starts_on, s.ends_on
FROM segment s
JOIN ended_cover c ON c.person_key = s.person_key AND c.starts_on <= s.starts_on AND c.ends_on >= s.ends_on
WHERE s.members = 1
UNION ALL
SELECT d.enrollment_no, o.starts_on, o.ends_on
FROM overlap o
JOIN (SELECT * FROM decided SEMI JOIN ended USING (enrollment_no)) d USING (person_key, starts_on)
WHERE if(d.action = 'none', d.would_be, d.action) IN ('retain', 'tolerate', 'hold', 'review')
UNION ALL
SELECT c.enrollment_no, o.starts_on, o.ends_on
FROM overlap o
JOIN ended_cover c ON o.person_key = c.person_key AND c.starts_on <= o.starts_on AND c.ends_on >= o.ends_on
WHERE o.timing <> 'past' AND c.enrollment_no IN (SELECT enrollment_no FROM person_ruling WHERE action IN ('review', 'tolerate', 'hold'))
