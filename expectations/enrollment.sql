-- Counts for the bounds of the enrollment extract. grain: one row. inputs: enrollment.
SELECT
    avg((insutype IN ('310', '390', '380', '391'))::INT) AS basic_share,
    avg((psn_insu_stas = '1')::INT) AS normal_share,
    count(*) FILTER (crt_insu_date > $as_of + 731) AS far_ahead,
    avg((crt_insu_date > $as_of + 731)::INT) AS far_ahead_share,
    avg((brdy IS NOT NULL)::INT) AS birth_date_fill
FROM enrollment
