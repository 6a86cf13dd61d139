-- The published dataset of the same name; columns, types and order are those of contracts/datasets.py.
SELECT p.person_id, a.died_on, a.extract, a.row_key, a.enrollment_id, a.begins_on, a.ends_on, a.psn_clct_amt, a.oth_clct_amt, a.finsubs_amt,
    a.is_doubtful
FROM person p JOIN after_death a USING (person_key)
ORDER BY extract, row_key
