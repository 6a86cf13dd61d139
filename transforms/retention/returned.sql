-- What the clerks returned of each case: the latest return up to the as-of date counts, of those that answer it (to_be_checked does
-- not, nor does a choice that does not rule about it). One that bears the number of a case speaks for that case, and for what has been cut off its
-- end since. Any other speaks for what had come up and was not over on the day it was decided on (the overlap held that day; the latest
-- reported death had happened; the person had left); where it bears a bureau's own number and the enrollment was in no overlap on that
-- day, what was listed and returned is the next one, of this or the next year. Answers to refunds and deductions end no case. Returns of
-- one day that differ contradict each other. A rejection lasts rejection_lasts_months, for good where that is 0; it and a contradiction
-- speak for later overlaps, too, of the enrollment with any cover that it was left beside, unless they were answered themselves that day
-- or since. `fate`: rejected, confirmed, contradicted; others leave the case open. `answers_up_to`: the gravest action that was answered, as
-- the number of the case says (gravity): a bureau's own may be of any. A return in quarantine contradicts whatever else was said up to its
-- day, up to tonight where that cannot be read (docs/decisions/0098). What the last publication holds of a return that the extract no
-- longer has counts on, unless something else is returned under its number that day or later (docs/decisions/0103). Beside which covers an
-- enrollment was left in an overlap that is gone, for example out of the look-back, nobody knows: that speaks for all later ones.
-- grain: one row per case with such a return, key (enrollment_no, starts_on); starts_on is null for a death or a departure.
-- inputs: case_feedback, unread_case_feedback, last_case, spell_row, overlap, overlap_member, spell, deceased, deregistered,
-- ruled_by_choice.
WITH cases AS (
    SELECT m.person_key, m.enrollment_no, m.starts_on, o.ends_on, m.starts_on AS came_up FROM overlap_member m JOIN overlap o USING (overlap_no)
    UNION ALL
    SELECT s.person_key, s.enrollment_no, NULL, NULL, d.came_up
    FROM spell s
    JOIN (SELECT person_key, reported_on AS came_up FROM deceased
          UNION ALL SELECT person_key, coalesce(left_on, DATE '0001-01-01') FROM deregistered) d USING (person_key)
    WHERE s.ends_on > $as_of
),
came_back AS (
    SELECT enrollment_id, case_no, result, decided_on FROM case_feedback WHERE decided_on <= $as_of
    UNION ALL
    SELECT enrollment_id, coalesce(case_no, ''), 'unreadable', coalesce(decided_on, $as_of) FROM unread_case_feedback
    WHERE coalesce(result IN ('rejected', 'confirmed') OR result = 'person_chose' AND $choice_decides, true)
      AND coalesce(decided_on <= $as_of, true)
),
known AS (
    SELECT enrollment_id, unnest(case_numbers) AS case_no, status, decided_on, starts_on FROM last_case
),
remembered AS (
    SELECT DISTINCT enrollment_id, case_no, if(status = 'contradicted', 'unreadable', status) AS result, decided_on
    FROM known k
    -- of two that contradict each other one alone takes nothing back, nor does a choice that does not rule about the case
    WHERE NOT EXISTS (SELECT 1 FROM came_back b WHERE b.enrollment_id = k.enrollment_id AND b.case_no = k.case_no
                      AND b.decided_on >= k.decided_on + if(k.status = 'contradicted', 1, 0)
                      AND (b.result <> 'person_chose' OR (k.enrollment_id, k.starts_on) IN (SELECT (enrollment_id, starts_on) FROM ruled_by_choice)))
),
answer AS (
    SELECT r.enrollment_no, t.enrollment_id, t.case_no, t.case_no[3:] AS digits,
        regexp_full_match(t.case_no, '[TSR]-[0-9A-F]{16}') AS is_ours, t.result, t.decided_on
    FROM spell_row r
    JOIN (FROM came_back UNION ALL FROM remembered) t USING (enrollment_id)
    WHERE NOT regexp_full_match(t.case_no, '[FD]-[0-9A-F]{16}')
),
asked AS (
    -- what it spoke for once it speaks for, also where the overlap of its number has left the look-back
    SELECT c.*, f.* EXCLUDE (enrollment_no),
        case_digits(f.enrollment_id, c.starts_on) = f.digits OR coalesce((f.enrollment_id, f.case_no, f.decided_on, c.starts_on)
            IN (SELECT (enrollment_id, case_no, decided_on, starts_on) FROM known), false) AS is_named
    FROM cases c JOIN answer f USING (enrollment_no)
),
said AS (
    SELECT *,
        -- the number of a death or a departure names nothing else, though it be reported no more
        digits = case_digits(enrollment_id, NULL) OR bool_or(is_named) OVER one_number AS names_a_case,
        max(ends_on) FILTER (is_named) OVER one_number AS named_until,
        coalesce(starts_on <= decided_on AND ends_on > decided_on, starts_on IS NULL) AS is_of_the_day,
        min(starts_on) FILTER (starts_on > decided_on) OVER one_return AS next_on,
        coalesce(bool_or(starts_on <= decided_on AND ends_on > decided_on) OVER one_return, false) AS is_in_overlap
    FROM asked
    WINDOW one_number AS (PARTITION BY enrollment_no, case_no), one_return AS (PARTITION BY enrollment_no, decided_on)
),
latest AS (
    SELECT * FROM said
    -- a death that is reported later is another case under the same number
    WHERE (starts_on IS NOT NULL OR decided_on >= came_up)
      AND (result IN ('rejected', 'confirmed', 'unreadable') OR (result = 'person_chose' AND (enrollment_no, starts_on) IN (SELECT (enrollment_no, starts_on) FROM ruled_by_choice)))
      AND if(names_a_case, is_named OR (is_of_the_day AND starts_on = named_until),
          is_of_the_day OR (NOT is_ours AND NOT is_in_overlap AND starts_on = next_on AND year(next_on) <= year(decided_on) + 1))
    QUALIFY decided_on = max(decided_on) OVER (PARTITION BY enrollment_no, starts_on)
),
answered AS (
    SELECT person_key, enrollment_no, starts_on, decided_on,
        if(min(result) < max(result) OR min(result) = 'unreadable', 'contradicted', min(result)) AS fate,
        list_sort(list(DISTINCT case_no)) AS case_numbers,
        max(gravity(CASE WHEN is_ours AND case_no LIKE 'R%' THEN 'review' WHEN is_ours AND case_no LIKE 'S%' THEN 'suspend' ELSE 'terminate' END)) AS answers_up_to,
        expires_at(fate, decided_on, $rejection_lasts_months) AS expires_on
    FROM latest
    GROUP BY person_key, enrollment_no, starts_on, decided_on
    HAVING expires_on IS NULL OR expires_on > $as_of
),
gone AS (
    SELECT r.person_key, r.enrollment_no, k.starts_on, k.decided_on, k.status AS fate, list_sort(list(DISTINCT k.case_no)) AS case_numbers,
        gravity('terminate') AS answers_up_to, expires_at(k.status, k.decided_on, $rejection_lasts_months) AS expires_on
    FROM spell_row r
    JOIN (FROM known SEMI JOIN answer USING (enrollment_id, case_no, decided_on) WHERE status IN ('rejected', 'contradicted')) k USING (enrollment_id)
    WHERE (r.enrollment_no, k.starts_on) NOT IN (SELECT (enrollment_no, starts_on) FROM cases WHERE starts_on IS NOT NULL)
    GROUP BY ALL
    HAVING expires_on IS NULL OR expires_on > $as_of
),
later AS (
    SELECT a.*, m.starts_on AS later_on
    FROM overlap_member m
    JOIN (SELECT * FROM answered WHERE fate IN ('rejected', 'contradicted')) a ON a.enrollment_no = m.enrollment_no AND a.starts_on < m.starts_on
),
spared AS (
    SELECT l.* EXCLUDE (later_on) REPLACE (later_on AS starts_on)
    FROM later l
    SEMI JOIN (
        SELECT l.enrollment_no, l.starts_on, l.later_on, m.enrollment_no AS beside
        FROM overlap_member m
        JOIN later l ON l.person_key = m.person_key AND m.starts_on IN (l.starts_on, l.later_on) AND l.enrollment_no <> m.enrollment_no
        GROUP BY ALL
        HAVING count(DISTINCT m.starts_on) = 2
    ) USING (enrollment_no, starts_on, later_on)
    UNION ALL
    SELECT g.* REPLACE (m.starts_on AS starts_on) FROM overlap_member m JOIN gone g ON g.enrollment_no = m.enrollment_no AND g.starts_on < m.starts_on
)
SELECT * EXCLUDE (is_spared)
FROM (SELECT *, false AS is_spared FROM answered UNION ALL SELECT *, true FROM spared)
QUALIFY row_number() OVER (PARTITION BY enrollment_no, starts_on ORDER BY decided_on DESC, is_spared, case_numbers) = 1
  AND fate IN ('rejected', 'confirmed', 'contradicted')
