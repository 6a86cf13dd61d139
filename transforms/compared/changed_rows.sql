-- The changed decisions in the order of their key.
-- grain: one row per decision, key (enrollment_id, overlap_id). inputs: changed.
SELECT * FROM changed ORDER BY enrollment_id, overlap_id NULLS FIRST
