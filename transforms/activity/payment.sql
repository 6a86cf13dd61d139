-- Each premium with the one enrollment it belongs to: the one it names; where it names none, of the person's
-- enrollments of the same scheme and pool whose span meets its months the one with the latest crt_insu_date, then the
-- smallest id (rules 1.1). Null where there is none. Its pool is that of its enrollment, else of its own area.
-- grain: one row per premium, key premium_no. inputs: premium, enrollment_row, spell, spell_of, pooling.
WITH named AS (
    SELECT p.premium_no, s.enrollment_no
    FROM premium p
    JOIN enrollment_row r ON r.enrollment_id = p.named_id
    LEFT JOIN spell_of o ON o.enrollment_no = r.enrollment_no
    JOIN spell s ON s.enrollment_no = coalesce(o.spell_no, r.enrollment_no) AND s.scheme = p.scheme
),
unnamed AS (
    SELECT p.premium_no, s.enrollment_no
    FROM premium p
    JOIN pooling ON province = p.insu_admdvs[1:2]
    JOIN spell s ON s.person_key = p.person_key AND s.scheme = p.scheme AND s.pool = p.insu_admdvs[1:pool_digits]
    WHERE p.named_id IS NULL
      AND s.starts_on < s.ends_on
      AND s.starts_on < make_date((p.last_month + 1) // 12, (p.last_month + 1) % 12 + 1, 1)
      AND s.ends_on > make_date(p.first_month // 12, p.first_month % 12 + 1, 1)
    QUALIFY row_number() OVER (PARTITION BY p.premium_no ORDER BY s.crt_insu_date DESC, s.enrollment_id) = 1
),
owner AS (
    SELECT * FROM named UNION ALL SELECT * FROM unnamed
)
SELECT p.* EXCLUDE (named_id, says_flexible, insu_admdvs),
    owner.enrollment_no,
    coalesce(s.pool, p.insu_admdvs[1:coalesce(pool_digits, 4)]) AS pool,
    p.scheme = 'employee' AND NOT coalesce(p.says_flexible, s.is_flexible, false) AS is_employer_paid
FROM premium p
LEFT JOIN owner USING (premium_no)
LEFT JOIN spell s ON s.enrollment_no = owner.enrollment_no
LEFT JOIN pooling ON province = p.insu_admdvs[1:2]
