-- Cases about which the person's own choice rules tonight: who is left behind the chosen one, and who is under review because nobody can
-- tell what was chosen. Anywhere else a choice answers nothing that a clerk returned (docs/decisions/0041, 0103).
-- grain: one row per enrollment id and overlap, key (enrollment_id, starts_on). inputs: ranked, chosen, spell_row.
SELECT r.enrollment_id, d.enrollment_no, d.starts_on
FROM ranked d
SEMI JOIN chosen USING (person_key, starts_on)
JOIN spell_row r USING (enrollment_no)
WHERE $choice_decides AND (d.deciding_fact = 'person_choice' OR d.is_choice_doubted)
