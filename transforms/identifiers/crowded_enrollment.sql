-- Enrollments of which an earlier night told something and whose identifier is crowded now: nothing more is known of them.
-- grain: one row per enrollment, key enrollment_id. inputs: enrollment, crowded, awaited_enrollment.
SELECT psn_insu_rlts_id AS enrollment_id FROM enrollment SEMI JOIN crowded USING (person_key) SEMI JOIN awaited_enrollment USING (enrollment_hash)
