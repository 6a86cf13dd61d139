-- What the tax extract says tonight of the premiums that name an enrollment of the ledgers, by their first month: whether any of them is
-- still effective, and the sum of those that are. Of payments that name none nobody can say whose they were, once it is ended.
-- grain: one row per enrollment and month, key (enrollment_id, first_month).
-- inputs: contribution, spell_row, reported_enrollment.
SELECT n.enrollment_id, c.accrym_begn AS first_month, bool_or(is_settled(c.clct_flag, c.revs_flag)) AS is_paid,
    CAST(coalesce(sum(c.psn_clct_amt) FILTER (is_settled(c.clct_flag, c.revs_flag)), 0) AS DECIMAL(12, 2)) AS personal_amount
FROM contribution c
JOIN (
    SELECT t.enrollment_id, r.enrollment_id AS named_id, r.scheme
    FROM spell_row r
    JOIN (SELECT enrollment_id, enrollment_no FROM spell_row SEMI JOIN reported_enrollment USING (enrollment_id)) t USING (enrollment_no)
) n ON n.named_id = c.psn_insu_rlts_id AND n.scheme = scheme_of(c.insutype)
WHERE is_basic(c.insutype) AND is_premium(c.clct_type)
GROUP BY n.enrollment_id, c.accrym_begn
