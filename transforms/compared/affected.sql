-- How much changes altogether.
-- grain: one row. inputs: changed.
SELECT count(*) AS decisions, count(DISTINCT person_id) AS people FROM changed
