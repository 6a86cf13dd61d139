-- Counts for the bounds of the police register. grain: one row. inputs: resident.
SELECT
    avg((coalesce(permit_admdvs, live_admdvs, hsreg_admdvs) IS NOT NULL)::INT) AS home_fill,
    avg(coalesce(dereg_reason = 'death', false)::INT) AS death_share
FROM resident
