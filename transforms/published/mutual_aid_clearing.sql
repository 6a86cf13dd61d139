-- The published dataset of the same name; columns, types and order are those of contracts/datasets.py.
SELECT month_text(spent_month) AS month, donor_province, beneficiary_province, gross_amount, net_amount
FROM clearing
ORDER BY month, donor_province, beneficiary_province
