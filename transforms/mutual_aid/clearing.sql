-- Spending across provinces, cleared by the month (rules 4.4): gross is what donors of the one province paid for beneficiaries
-- of the other, net is gross less what came the other way, so that both directions add up to nothing. A person's province
-- is that of the enrollment named, else of the basic enrollment of that month: of those in force in it, else of those begun by
-- then, else of all, the one that began last; else of the number's place of issue.
-- grain: one row per month and ordered pair of provinces, key (month, donor_province, beneficiary_province).
-- inputs: mutual_aid, aid.enrollment_row.
WITH spending AS (
    SELECT *, first_day(spent_month) AS begins_on, first_day(spent_month + 1) AS ends_on
    FROM mutual_aid
    WHERE spent_amount IS NOT NULL
      AND spent_month BETWEEN month_of($lookback_start) AND month_of($as_of)
),
home AS (
    SELECT person_key, spent_month,
        arg_max(insu_admdvs, (crt_insu_date < m.ends_on, crt_insu_date < m.ends_on AND e.ends_on > m.begins_on, crt_insu_date, enrollment_id))[1:2] AS province
    FROM (
        SELECT donor_person_key AS person_key, spent_month, begins_on, ends_on FROM spending
        UNION SELECT beneficiary_person_key, spent_month, begins_on, ends_on FROM spending
    ) m
    JOIN aid.enrollment_row e USING (person_key)
    GROUP BY person_key, spent_month
),
spent AS (
    SELECT m.spent_month,
        coalesce(n.insu_admdvs[1:2], d.province, issued_at(m.donor_person_key)[1:2]) AS donor_province,
        coalesce(b.province, issued_at(m.beneficiary_person_key)[1:2]) AS beneficiary_province,
        sum(m.spent_amount) AS amount
    FROM spending m
    LEFT JOIN aid.enrollment_row n ON n.enrollment_id = m.donor_enrollment_id
    LEFT JOIN home d ON d.person_key = m.donor_person_key AND d.spent_month = m.spent_month
    LEFT JOIN home b ON b.person_key = m.beneficiary_person_key AND b.spent_month = m.spent_month
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
