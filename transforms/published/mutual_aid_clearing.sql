-- The published dataset of the same name; columns, types and order are those of contracts/datasets.py.
SELECT printf('%04d-%02d', spent_month // 12, spent_month % 12 + 1) AS month, donor_province, beneficiary_province, gross_amount, net_amount
FROM clearing
ORDER BY month, donor_province, beneficiary_province
