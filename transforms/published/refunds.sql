-- The published dataset of the same name; columns, types and order are those of contracts/datasets.py.
SELECT enrollment_id, person_id, insu_admdvs, period_begin, period_end, eligibility, case_id, personal_amount, assistance_amount, channel,
    $refund_clause AS clause, account_person_id, status, first_reported_on, effective_date
FROM refund_ledger
ORDER BY enrollment_id, period_begin
