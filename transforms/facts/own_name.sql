-- What the rows of enrollment and public security call whom another department calls otherwise (other_name), former names too.
-- grain: one row per row and name. inputs: other_name, enrollment, resident.
SELECT person_key, document_key, psn_name, brdy FROM enrollment SEMI JOIN other_name USING (person_key)
UNION ALL
SELECT person_key, document_key, unnest([psn_name, former_name]), brdy FROM resident SEMI JOIN other_name USING (person_key)
