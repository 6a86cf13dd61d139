-- Enrollments in quarantine whose number is damaged, as far as somebody could tell whose it was.
-- grain: one row per quarantined row. inputs: quarantined_row.
SELECT row_id, nullif(trim(raw['psn_insu_rlts_id']), '') AS enrollment_id, reasons, raw['certno'] AS certno, raw['psn_name'] AS psn_name,
    raw['gend'] AS gend, raw['brdy'] AS brdy
FROM quarantined_row
WHERE extract = 'enrollment'
  AND list_has_any(reasons, ['id_length', 'id_characters', 'id_checksum', 'id_birth_date', 'id_excel_truncated', 'id_excel_scientific',
      'id_float_rounded', 'id_masked'])
