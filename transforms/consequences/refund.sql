-- What may be refunded on application, by the first case of the table that holds (rules 4.2).
-- grain: one row per enrollment and period, key (enrollment_no, period_begin).
-- inputs: paid_period, prepaid_period, assistance.
WITH cased AS (
    SELECT *,
        CASE
            WHEN rule_id = 'deceased' THEN 'death'
            WHEN action = 'suspend' THEN 'suspended'
            WHEN NOT is_begun THEN 'not_begun'
            WHEN oth_clct_amt > 0 OR EXISTS (
                SELECT 1 FROM assistance a
                WHERE a.person_key = paid_period.person_key AND a.begin <= period_begin AND coalesce(a."end", DATE '9999-12-31') > period_begin)
                THEN 'assisted'
            ELSE 'begun'
        END AS case_id
    FROM paid_period
),
judged AS (
    SELECT *,
        CASE case_id
            WHEN 'death' THEN if(is_begun, 'provincial', $refund_death_not_begun)
            WHEN 'suspended' THEN if(is_begun, 'not_refundable', 'provincial')
            WHEN 'begun' THEN $refund_begun
            ELSE 'eligible'
        END AS eligibility
    FROM cased
)
SELECT enrollment_no, insu_admdvs, period_begin, period_end, eligibility, case_id,
    CAST(if(eligibility = 'eligible', greatest(psn_clct_amt, 0), 0) AS DECIMAL(12, 2)) AS personal_amount,
    CAST(if(case_id = 'assisted', greatest(oth_clct_amt, 0), 0) AS DECIMAL(12, 2)) AS assistance_amount,
    CASE WHEN is_paid_by_relative THEN 'relative_account' WHEN case_id = 'assisted' THEN 'paying_channel' ELSE 'own_account' END AS channel,
    payer_key, effective_date
FROM judged
UNION ALL
SELECT enrollment_no, insu_admdvs, period_begin, period_end, 'eligible', 'flexible_prepaid', personal_amount,
    CAST(0 AS DECIMAL(12, 2)), if(is_paid_by_relative, 'relative_account', 'own_account'), payer_key, effective_date
FROM prepaid_period
