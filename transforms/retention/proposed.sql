-- The decision of every member before the guard: past overlaps have nothing left to end, nobody loses a cover while in
-- hospital, and of the dead and those who have left only past overlaps are decided here (rules 3, step 4; `deceased` and
-- `deregistered` stand for the others).
-- counts marks the row that the lists, refunds and the guard follow: that of the person, else current, else the earliest
-- future, else the latest past.
-- grain: one row per decision, key (enrollment_no, starts_on); starts_on is null for person_ruling.
-- inputs: ranked, benefit, in_hospital, person_ruling, returned, unread, overlap, overlap_member.
WITH acted AS (
    SELECT r.person_key, r.starts_on, r.enrollment_no, r.scheme, r.timing, r.decision_date, r.rule_id,
        r.deciding_fact, r.kept_enrollment_no, r.category,
        -- what a clerk rejected is left as it is; what two clerks say differently ends nothing, and nothing ends while a row about
        -- the person cannot be used
        CASE
            WHEN b.fate = 'rejected' AND r.action IN ('terminate', 'suspend', 'review') THEN 'tolerate'
            WHEN (b.fate = 'contradicted' OR u.person_key IS NOT NULL AND r.timing <> 'past') AND r.action IN ('terminate', 'suspend') THEN 'review'
            ELSE r.action
        END AS ruled,
        CASE
            WHEN r.timing = 'past' THEN 'none'
            WHEN ruled IN ('terminate', 'suspend') AND h.enrollment_no IS NOT NULL THEN 'hold'
            ELSE ruled
        END AS tonight,
        CASE WHEN tonight IN ('none', 'hold') THEN ruled WHEN ruled <> r.action THEN r.action END AS would_be,
        CASE
            WHEN tonight = 'tolerate' AND ruled <> r.action THEN b.expires_on
            WHEN tonight IN ('terminate', 'suspend') THEN greatest($as_of, r.starts_on, coalesce(k.benefits_from, $as_of))
            WHEN tonight = 'tolerate' AND r.rule_id = 'waiting_period' THEN r.first_benefits
        END AS effective_date,
        CASE
            WHEN r.is_choice_doubted AND b.fate = 'contradicted' AND ruled = 'review' THEN ['chosen_enrollment_id', 'case_feedback']
            WHEN r.is_choice_doubted THEN ['chosen_enrollment_id']
            WHEN b.fate = 'contradicted' AND ruled = 'review' THEN ['case_feedback']
            ELSE []
        END AS conflict,
        coalesce(b.fate = 'rejected' AND ruled <> r.action, false) AS is_rejected,
        coalesce(b.fate <> 'contradicted', true) AND ruled = 'review' AND ruled <> r.action AS is_unread,
        -- the gravest action that a clerk confirmed
        if(b.fate = 'confirmed', b.answers_up_to, NULL) AS confirmed_up_to
    FROM ranked r
    -- of benefits only those to come matter
    LEFT JOIN (SELECT * FROM benefit WHERE benefits_from > $as_of) k ON k.enrollment_no = r.kept_enrollment_no
    LEFT JOIN in_hospital h ON h.enrollment_no = r.enrollment_no
    LEFT JOIN returned b ON b.enrollment_no = r.enrollment_no AND b.starts_on = r.starts_on
    LEFT JOIN unread u ON u.person_key = r.person_key AND u.bears_on = r.scheme
    WHERE r.timing = 'past'
       OR r.person_key NOT IN (SELECT person_key FROM person_ruling WHERE stands_for_overlaps)
),
every AS (
    FROM acted
    UNION ALL BY NAME
    SELECT person_key, enrollment_no, scheme, 'person' AS timing, $as_of AS decision_date, rule_id,
        action AS tonight, would_be, effective_date, conflict, is_rejected, is_unread, confirmed_up_to
    FROM person_ruling
),
-- most enrollments have one decision; of the others all but the first are passed over
several AS (
    SELECT person_key FROM overlap GROUP BY person_key HAVING count(*) > 1
    UNION
    SELECT person_key FROM person_ruling
),
passed_over AS (
    SELECT enrollment_no, starts_on
    FROM (
        SELECT enrollment_no, starts_on, timing FROM overlap_member WHERE person_key IN (SELECT person_key FROM several)
        UNION ALL
        SELECT enrollment_no, NULL, 'person' FROM person_ruling
    )
    QUALIFY row_number() OVER (PARTITION BY enrollment_no
        ORDER BY CASE timing WHEN 'person' THEN 0 WHEN 'current' THEN 1 WHEN 'future' THEN 2 ELSE 3 END,
            if(timing = 'past', DATE '9999-12-31' - starts_on, starts_on - DATE '0001-01-01')) > 1
)
SELECT e.* EXCLUDE (ruled) RENAME (tonight AS action), o.enrollment_no IS NULL AS counts
FROM every e LEFT JOIN passed_over o ON o.enrollment_no = e.enrollment_no AND o.starts_on = e.starts_on
