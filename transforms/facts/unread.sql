-- Rows about a person that nobody can use, in quarantine or for want of a name of the enrollment they are for: while there are any, nothing of
-- the person's is ended (docs/decisions/0098). Not those that say plainly that they matter no more: ended, void, of another insurance, paid
-- back, of before the look-back. bears_on: the scheme whose decisions they may change, or death. items: evidence, see overlap_evidence.sql.
-- grain: one row per person and bearing, key (person_key, bears_on).
-- inputs: unread_enrollment, unread_contribution, unread_resident, unread_student, unread_death, contribution, spell_row, spell, enrollment.
WITH premium AS (
    SELECT person_key, psn_insu_rlts_id AS named_id, clct_detl_id, reasons
    FROM (
        SELECT person_key, psn_insu_rlts_id, insutype, accrym_begn, accrym_end, clct_type, clct_flag, revs_flag, clct_detl_id, reasons
        FROM unread_contribution
        UNION ALL
        SELECT person_key, psn_insu_rlts_id, insutype, accrym_begn, accrym_end, clct_type, clct_flag, revs_flag, clct_detl_id, 'enrollment_id'
        FROM contribution WHERE psn_insu_rlts_id = '?'
    )
    WHERE coalesce(is_basic(insutype), true) AND coalesce(clct_type IN ('10', '30', '31', '32'), true)
      AND coalesce(is_settled(clct_flag, revs_flag), true)
      AND (accrym_end IS NULL OR greatest(accrym_begn, accrym_end) >= month_of($lookback_start))
),
told AS (
    SELECT person_key, ['employee', 'resident', 'death'] AS bearings, evidence_item('unread', reasons, 'enrollment', coalesce(psn_insu_rlts_id, '')) AS item
    FROM unread_enrollment u
    WHERE (coalesce(is_basic(insutype), true) AND coalesce(psn_insu_stas NOT IN ('0', '3'), true)
           AND (psn_insu_rlts_id IS NULL OR coalesce(psn_insu_stas NOT IN ('2', '4'), true)))
       -- it may say that the number is used by two people
       OR psn_name IS NOT NULL AND (person_key, psn_name) NOT IN (SELECT (e.person_key, e.psn_name) FROM enrollment e SEMI JOIN unread_enrollment USING (person_key))
    UNION ALL
    SELECT person_key, ['employee', 'resident'], evidence_item('unread', reasons, 'contribution', coalesce(clct_detl_id, '')) FROM premium
    UNION ALL
    SELECT r.person_key, ['employee', 'resident'], evidence_item('unread', reasons, 'contribution', coalesce(clct_detl_id, ''))
    FROM spell_row r JOIN premium p ON p.named_id = r.enrollment_id
    UNION ALL
    SELECT person_key, ['employee', 'resident', 'death'], evidence_item('unread', reasons, 'resident', '') FROM unread_resident
    UNION ALL
    SELECT person_key, ['resident'], evidence_item('unread', reasons, 'student', '')
    FROM unread_student
    WHERE coalesce(status = 'enrolled', true) AND coalesce(expected_graduation > $as_of, true)
    UNION ALL
    SELECT person_key, ['death'], evidence_item('unread', reasons, 'death', '') FROM unread_death
)
SELECT person_key, bears_on, evidence_items(list_distinct(list(item))) AS items
FROM (SELECT person_key, unnest(bearings) AS bears_on, item FROM told)
WHERE person_key IN (SELECT s.person_key FROM spell s SEMI JOIN told USING (person_key))
GROUP BY person_key, bears_on
