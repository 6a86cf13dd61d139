-- The published dataset of the same name; columns, types and order are those of contracts/datasets.py.
SELECT * FROM deduction_ledger ORDER BY enrollment_id, fiscal_year, level
