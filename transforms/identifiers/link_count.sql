-- How many links became what, for the manifest.
-- grain: one row per status. inputs: link_status.
SELECT status, count(*) AS links FROM link_status GROUP BY status
