-- A view: decisions with their clause and their reasons in words; whoever publishes some of them pays for those only.
-- grain: one row per decision, key (enrollment_id, overlap_id). inputs: evidence, rule, fact_label, action_label.
SELECT d.*, r.clause,
    concat(r.clause, '：', r.summary_zh, '本参保关系', a.zh,
        if(w.zh IS NOT NULL AND d.action <> 'none', concat('（原应', w.zh, '）'), if(w.zh IS NOT NULL, concat('（当时应', w.zh, '）'), '')),
        coalesce('；决定事实：' || f.zh, ''), coalesce('；保留：' || d.kept_enrollment_id, ''),
        coalesce('；生效日期：' || d.effective_date, ''),
        coalesce('；恢复日期：' || d.resumes_on, ''),
        if(d.is_rejected, '；经办已作不予处理结论', ''),
        if(d.is_guarded, '；终止后将无其他参保可享待遇', ''), '。') AS reason_zh,
    concat(r.clause, ': ', r.summary_en, ' This enrollment: ', a.en,
        if(w.en IS NOT NULL AND d.action <> 'none', concat(' (by the rule: ', w.en, ')'), if(w.en IS NOT NULL, concat(' (then due: ', w.en, ')'), '')),
        coalesce('; deciding fact: ' || f.en, ''), coalesce('; stays: ' || d.kept_enrollment_id, ''),
        coalesce('; effective ' || d.effective_date, ''),
        coalesce('; resumes ' || d.resumes_on, ''),
        if(d.is_rejected, '; a clerk rejected the case', ''),
        if(d.is_guarded, '; ending it would leave days without cover', ''), '.') AS reason_en
FROM evidence d
JOIN rule r USING (rule_id)
JOIN action_label a ON a.action = d.action
LEFT JOIN action_label w ON w.action = d.would_be
LEFT JOIN fact_label f ON f.fact = d.deciding_fact
