-- Rows about a person that nobody can use, in quarantine, under somebody else's name, or for want of the enrollment they are for: while there are any, nothing of
-- the person's is ended (docs/decisions/0098). Not those that say plainly that they matter no more: ended, void, of another insurance, paid
-- back, of before the look-back. bears_on: the scheme whose decisions they may change, or death. items: evidence, see overlap_evidence.sql.
-- grain: one row per person and bearing, key (person_key, bears_on).
-- inputs: unread_enrollment, unread_contribution, unread_resident, unread_student, unread_death, unread_identity_link, linked, contribution,
-- spell_row, spell, enrollment, misnamed.
WITH premium AS (
    SELECT person_key, psn_insu_rlts_id AS named_id, clct_detl_id, reasons
    FROM (FROM unread_contribution UNION ALL BY NAME SELECT *, 'enrollment_id' AS reasons FROM contribution WHERE psn_insu_rlts_id = '?')
    WHERE coalesce(is_basic(insutype), true) AND coalesce(is_premium(clct_type), true)
      AND coalesce(is_settled(clct_flag, revs_flag), true)
      AND (accrym_end IS NULL OR greatest(accrym_begn, accrym_end) >= month_of($lookback_start))
),
stranger AS (
    -- it may say that the number is used by two people
    SELECT u.row_id
    FROM enrollment e JOIN unread_enrollment u USING (person_key)
    GROUP BY u.row_id
    HAVING NOT bool_or(coalesce(names_agree(bare_name(u.psn_name), bare_name(e.psn_name)), true))
        OR bool_or(is_sex(u.gend) AND is_sex(e.gend) AND u.gend <> e.gend) OR bool_or(u.brdy <> e.brdy)
),
undone AS (
    -- of two documents that are not to be linked, one
    SELECT coalesce(l.person_key, u.key) AS person_key, u.reasons
    FROM (SELECT coalesce(old_person_key, new_person_key) AS key, reasons FROM unread_identity_link
          WHERE reason = 'cannot_link' AND (old_person_key IS NULL) <> (new_person_key IS NULL)) u
    LEFT JOIN linked l ON l.document_key = u.key
),
told AS (
    SELECT person_key, ['employee', 'resident', 'death'] AS bearings, evidence_item('unread', reasons, 'enrollment', coalesce(psn_insu_rlts_id, '')) AS item
    FROM unread_enrollment u
    -- where a row of the same id is in use, it is the newer
    WHERE coalesce(psn_insu_rlts_id, '') NOT IN (SELECT e.psn_insu_rlts_id FROM enrollment e SEMI JOIN unread_enrollment USING (person_key))
      AND (coalesce(is_basic(insutype), true) AND coalesce(psn_insu_stas NOT IN ('0', '3'), true)
           AND (psn_insu_rlts_id IS NULL OR coalesce(psn_insu_stas NOT IN ('2', '4'), true) AND coalesce(paus_insu_date > $as_of, true))
       OR row_id IN (FROM stranger))
    UNION ALL
    SELECT person_key, ['employee', 'resident', 'death'], evidence_item('unread', reasons, 'identity_link', '') FROM undone
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
    UNION ALL
    SELECT person_key, if(extract = 'student', ['resident'], ['employee', 'resident']), evidence_item('unread', 'psn_name', extract, row_key)
    FROM misnamed
)
SELECT person_key, bears_on, evidence_items(list_distinct(list(item))) AS items
FROM (SELECT person_key, unnest(bearings) AS bears_on, item FROM told)
WHERE person_key IN (SELECT s.person_key FROM spell s SEMI JOIN told USING (person_key))
GROUP BY person_key, bears_on
