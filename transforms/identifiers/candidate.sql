-- The few persons that the night must look at: two or more enrollment rows that can be active inside the look-back,
-- or said to be dead while an enrollment reaches beyond the as-of date. Everything after this reads only them.
-- grain: one row per person. inputs: enrollment, death_report.
WITH span AS (
    SELECT person_key, paus_insu_date
    FROM enrollment
    WHERE insutype IN ('310', '390', '380', '391')
      AND psn_insu_stas IN ('1', '2', '4')
      AND (paus_insu_date IS NULL OR paus_insu_date > $lookback_start)
)
SELECT person_key FROM span GROUP BY person_key HAVING count(*) > 1
UNION
SELECT person_key
FROM span
WHERE (paus_insu_date IS NULL OR paus_insu_date > $as_of)
  AND person_key IN (SELECT person_key FROM death_report)
