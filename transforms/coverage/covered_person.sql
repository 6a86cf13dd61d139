-- Persons of whom it is plain that an enrollment is active on the as-of date (rules 1.1): its span holds the day, and it is
-- retired, or an effective contribution of its scheme that names it pays for the day. Enrollments are named by the hash of
-- their id, so that all of it stays narrow. Who is covered in another way is looked at in full (tables of the schema plan).
-- grain: one row per person, key person_key. inputs: everybody_enrollment, every_contribution.
WITH paying AS (
    SELECT xor(enrollment_hash, CAST(insutype = '310' AS UBIGINT)) AS paid_hash
    FROM every_contribution
    WHERE enrollment_hash <> 0 AND accrym_begn <= year($as_of) * 12 + month($as_of) - 1
      AND accrym_end + if(insutype = '310', $payment_grace_months, 0) >= year($as_of) * 12 + month($as_of) - 1
)
SELECT DISTINCT person_key
FROM everybody_enrollment
WHERE insutype IN ('310', '390', '380', '391') AND psn_insu_stas IN ('1', '2', '4')
  AND crt_insu_date <= $as_of AND (paus_insu_date IS NULL OR paus_insu_date > $as_of)
  AND (insutype = '310' AND (coalesce(insutype_retr_flag, '') IN ('1', '2') OR coalesce(psn_type, '') LIKE '12%')
       -- the scheme is the last bit of the hash: one number to look up
       OR xor(enrollment_hash, CAST(insutype = '310' AS UBIGINT)) IN (SELECT paid_hash FROM paying))
