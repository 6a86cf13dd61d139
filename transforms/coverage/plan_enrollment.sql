-- Enrollment rows of the doubtful: built as the table `enrollment` of the schema plan, so that what says on which days an
-- enrollment is active (transforms/activity) says it of them, too.
-- grain: one row per enrollment row, key psn_insu_rlts_id. inputs: everybody_enrollment, doubtful.
SELECT e.* FROM everybody_enrollment e SEMI JOIN doubtful d USING (person_key)
