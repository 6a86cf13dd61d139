-- The decision of every member before the guard: past overlaps have nothing left to end, nobody loses a cover while in
-- hospital, and of the dead and those who have left only past overlaps are decided here (rules 3, step 4; `deceased` and
-- `deregistered` stand for the others).
-- counts marks the row that the lists, refunds and the guard follow: that of the person, else current, else the earliest
-- future, else the latest past.
-- grain: one row per decision, key (enrollment_no, starts_on); starts_on is null for person_ruling.
-- inputs: ranked, in_hospital, person_ruling, returned.
WITH acted AS (
    SELECT r.person_key, r.starts_on, r.enrollment_no, r.scheme, r.insu_admdvs, r.timing, r.decision_date, r.rule_id,
        r.deciding_fact, r.kept_enrollment_no, r.category, r.is_freshman,
        -- what a clerk rejected is left as it is; what two clerks say differently ends nothing
        CASE
            WHEN b.fate = 'rejected' AND r.action IN ('terminate', 'suspend', 'review') THEN 'tolerate'
            WHEN b.fate = 'contradicted' AND r.action IN ('terminate', 'suspend') THEN 'review'
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
            WHEN tonight IN ('terminate', 'suspend') THEN greatest($as_of, r.starts_on, coalesce(r.kept_benefits_from, $as_of))
            WHEN tonight = 'tolerate' AND r.rule_id = 'waiting_period' THEN r.first_benefits
        END AS effective_date,
        list_filter([if(r.is_choice_doubted, 'chosen_enrollment_id', NULL), if(b.fate = 'contradicted' AND ruled = 'review', 'case_feedback', NULL)],
            lambda f: f IS NOT NULL) AS conflict,
        coalesce(b.fate = 'rejected' AND ruled <> r.action, false) AS is_rejected,
        coalesce(b.fate = 'confirmed', false) AS is_confirmed
    FROM ranked r
    LEFT JOIN in_hospital h USING (enrollment_no)
    LEFT JOIN returned b ON b.enrollment_no = r.enrollment_no AND b.starts_on = r.starts_on
    WHERE r.timing = 'past'
       OR r.person_key NOT IN (SELECT person_key FROM person_ruling WHERE stands_for_overlaps)
),
every AS (
    SELECT *, CASE timing WHEN 'current' THEN 1 WHEN 'future' THEN 2 ELSE 3 END AS precedence FROM acted
    UNION ALL BY NAME
    SELECT person_key, NULL AS starts_on, enrollment_no, scheme, insu_admdvs, 'person' AS timing, $as_of AS decision_date, rule_id,
        NULL AS deciding_fact, NULL AS kept_enrollment_no, NULL AS category, false AS is_freshman, action AS tonight, would_be,
        effective_date, conflict, is_rejected, is_confirmed, 0 AS precedence
    FROM person_ruling
)
SELECT * EXCLUDE (ruled) RENAME (tonight AS action),
    row_number() OVER (PARTITION BY enrollment_no ORDER BY precedence,
        if(timing = 'past', DATE '9999-12-31' - starts_on, starts_on - DATE '0001-01-01')) = 1 AS counts
FROM every
