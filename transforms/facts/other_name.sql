-- Rows of schools and payments that are about a member of an overlap of today or later and bear a name that no row of the person spells so.
-- A payment is about the person of its number, unless it names an enrollment; where it names one of somebody else's, about that one's owner.
-- Only what is not plainly of the past, void or of another insurance (facts/unread.sql). document_key is null where the number is another's.
-- grain: one row per row and person. inputs: overlap, student, contribution, spell_row, enrollment, resident.
WITH member AS (
    SELECT DISTINCT person_key FROM overlap WHERE timing <> 'past'
),
premium AS (
    SELECT person_key, document_key, psn_insu_rlts_id, psn_name, clct_detl_id, payer_person_key
    FROM contribution
    WHERE psn_name IS NOT NULL AND is_basic(insutype) AND is_premium(clct_type) AND is_settled(clct_flag, revs_flag)
      AND accrym_end >= month_of($lookback_start)
),
said AS (
    SELECT person_key, document_key, psn_name, 'student' AS extract, '' AS row_key
    FROM student
    WHERE psn_name IS NOT NULL AND status = 'enrolled' AND coalesce(expected_graduation > $as_of, true)
    UNION ALL
    SELECT person_key, document_key, psn_name, 'contribution', clct_detl_id FROM premium WHERE psn_insu_rlts_id IS NULL
    UNION ALL
    SELECT r.person_key, NULL, p.psn_name, 'contribution', p.clct_detl_id
    FROM spell_row r JOIN premium p ON p.psn_insu_rlts_id = r.enrollment_id AND p.person_key <> r.person_key
    -- the number may be that of the relative whose account paid
    WHERE coalesce(p.payer_person_key <> p.person_key, true)
)
SELECT * FROM said
WHERE person_key IN (SELECT person_key FROM member)
  AND (person_key, psn_name) NOT IN (
      SELECT (person_key, psn_name) FROM enrollment SEMI JOIN member USING (person_key) WHERE psn_name IS NOT NULL
      UNION ALL
      SELECT (person_key, psn_name) FROM resident SEMI JOIN member USING (person_key) WHERE psn_name IS NOT NULL)
