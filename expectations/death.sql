-- Counts for the bounds of the death records. grain: one row. inputs: death.
SELECT count(*) FILTER (death_date > $as_of) AS future, avg((death_date > $as_of)::INT) AS future_share FROM death
