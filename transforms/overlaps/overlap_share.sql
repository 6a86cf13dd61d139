-- Counts for the gate overlap_share: persons enrolled in a basic scheme, and those of them in a current overlap.
-- grain: one row. inputs: enrollment, overlap.
SELECT
    (SELECT count(DISTINCT person_key) FROM enrollment
     WHERE insutype IN ('310', '390', '380', '391') AND psn_insu_stas IN ('1', '2', '4')) AS persons_enrolled,
    (SELECT count(DISTINCT person_key) FROM overlap WHERE timing = 'current') AS persons_in_current_overlap
