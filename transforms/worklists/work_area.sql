-- The workbook that an enrollment is listed in: that of its pooling area, or of its county with --worklists county. A ledger may name
-- an enrollment that no extract has any more; its pool is then read from its division.
-- grain: one row per enrollment, key enrollment_id; area has six digits, those behind the pool's are 0.
-- inputs: work.terminations, work.suspensions, work.reviews, work.refunds, work.subsidy_deductions, spell, pooling.
WITH listed AS (
    SELECT enrollment_id, insu_admdvs FROM work.terminations
    UNION SELECT enrollment_id, insu_admdvs FROM work.suspensions
    UNION SELECT enrollment_id, insu_admdvs FROM work.reviews
    UNION SELECT enrollment_id, insu_admdvs FROM work.refunds
    UNION SELECT enrollment_id, insu_admdvs FROM work.subsidy_deductions
),
placed AS (
    -- lists of one night may name two divisions of one enrollment, where it has moved since an earlier one
    SELECT enrollment_id, coalesce(min(insu_admdvs) FILTER (insu_admdvs[1:2] <> '00'), '000000') AS insu_admdvs FROM listed GROUP BY enrollment_id
)
SELECT l.enrollment_id,
    CASE
        WHEN $worklists = 'county' THEN l.insu_admdvs
        -- a place that is published nowhere does not come back through its pool
        WHEN l.insu_admdvs[1:2] = '00' THEN l.insu_admdvs
        ELSE rpad(coalesce(s.pool, l.insu_admdvs[1:p.pool_digits]), 6, '0')
    END AS area
FROM placed l
LEFT JOIN spell s USING (enrollment_id)
LEFT JOIN pooling p ON p.province = l.insu_admdvs[1:2]
