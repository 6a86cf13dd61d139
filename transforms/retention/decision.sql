-- Decisions as they are published, with their reasons in words.
-- grain: one row per decision, key (enrollment_no, overlap_id).
-- inputs: decided, overlap_name, person, rule, evidence, fact_label, action_label, conflict_label.
WITH worded AS (
    SELECT d.*, r.clause, r.summary_zh, r.summary_en, f.zh AS fact_zh, f.en AS fact_en, a.zh AS action_zh, a.en AS action_en,
        w.zh AS would_zh, w.en AS would_en
    FROM decided d
    JOIN rule r USING (rule_id)
    JOIN action_label a ON a.action = d.action
    LEFT JOIN action_label w ON w.action = d.would_be
    LEFT JOIN fact_label f ON f.fact = d.deciding_fact
)
SELECT n.overlap_id, e.enrollment_id, p.person_id, w.scheme, w.insu_admdvs, w.action, w.would_be, w.rule_id, w.clause,
    $policy_id AS policy_id, $policy_version AS policy_version, w.deciding_fact, e.kept_enrollment_id, w.decision_date,
    w.effective_date, w.resumes_on,
    concat(w.clause, '：', summary_zh, '本参保关系', action_zh,
        if(would_zh IS NOT NULL AND w.action <> 'none', concat('（原应', would_zh, '）'), if(would_zh IS NOT NULL, concat('（当时应', would_zh, '）'), '')),
        coalesce(concat('；决定事实：', fact_zh), ''), coalesce(concat('；保留：', kept_enrollment_id), ''),
        coalesce(concat('；生效日期：', strftime(effective_date, '%Y-%m-%d')), ''),
        coalesce(concat('；恢复日期：', strftime(resumes_on, '%Y-%m-%d')), ''),
        if(is_guarded, '；终止后将无其他参保可享待遇', ''), '。') AS reason_zh,
    concat(w.clause, ': ', summary_en, ' This enrollment: ', action_en,
        if(would_en IS NOT NULL AND w.action <> 'none', concat(' (by the rule: ', would_en, ')'), if(would_en IS NOT NULL, concat(' (then due: ', would_en, ')'), '')),
        coalesce(concat('; deciding fact: ', fact_en), ''), coalesce(concat('; stays: ', kept_enrollment_id), ''),
        coalesce(concat('; effective ', strftime(effective_date, '%Y-%m-%d')), ''),
        coalesce(concat('; resumes ', strftime(resumes_on, '%Y-%m-%d')), ''),
        if(is_guarded, '; ending it would leave days without cover', ''), '.') AS reason_en,
    e.evidence, w.conflict, w.person_key, w.starts_on, w.enrollment_no, w.kept_enrollment_no, w.counts
FROM worded w
JOIN person p USING (person_key)
LEFT JOIN overlap_name n USING (person_key, starts_on)
JOIN evidence e ON e.enrollment_no = w.enrollment_no AND e.starts_on IS NOT DISTINCT FROM w.starts_on
