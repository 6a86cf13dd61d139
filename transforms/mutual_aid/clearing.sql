-- Spending across provinces, cleared by the month (rules 4.4): gross is what donors of the one province paid for beneficiaries
-- of the other, net is gross less what came the other way, so that both directions add up to nothing. A person's province
-- is that of the enrollment named, else of the basic enrollment that began last, else of the number's place of issue.
-- grain: one row per month and ordered pair of provinces, key (month, donor_province, beneficiary_province).
-- inputs: mutual_aid, aid_enrollment.
WITH home AS (
    SELECT person_key, arg_max(insu_admdvs, (crt_insu_date, enrollment_id))[1:2] AS province FROM aid_enrollment GROUP BY person_key
),
spent AS (
    SELECT m.spent_month,
        coalesce(n.insu_admdvs[1:2], d.province, if(m.donor_person_key > 0, lpad(CAST(m.donor_person_key // 1000000000000000 AS VARCHAR), 2, '0'), '00')) AS donor_province,
        coalesce(b.province, if(m.beneficiary_person_key > 0, lpad(CAST(m.beneficiary_person_key // 1000000000000000 AS VARCHAR), 2, '0'), '00')) AS beneficiary_province,
        sum(m.spent_amount) AS amount
    FROM mutual_aid m
    LEFT JOIN aid_enrollment n ON n.enrollment_id = m.donor_enrollment_id
    LEFT JOIN home d ON d.person_key = m.donor_person_key
    LEFT JOIN home b ON b.person_key = m.beneficiary_person_key
    WHERE m.spent_amount IS NOT NULL
      AND m.spent_month BETWEEN year($lookback_start) * 12 + month($lookback_start) - 1 AND year($as_of) * 12 + month($as_of) - 1
    GROUP BY ALL
),
both_ways AS (
    SELECT spent_month, donor_province, beneficiary_province, amount AS gross, amount AS net FROM spent
    UNION ALL
    SELECT spent_month, beneficiary_province, donor_province, 0, -amount FROM spent
)
SELECT spent_month, donor_province, beneficiary_province,
    CAST(sum(gross) AS DECIMAL(12, 2)) AS gross_amount, CAST(sum(net) AS DECIMAL(12, 2)) AS net_amount
FROM both_ways
WHERE donor_province <> beneficiary_province
GROUP BY spent_month, donor_province, beneficiary_province
