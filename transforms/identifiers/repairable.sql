-- Numbers of 18 characters that a damaged one is, one repair away: known ones of people born on the same day, with a character
-- changed, missing or too many, two neighbours swapped, letters for digits; of a number that a spreadsheet cut or rounded, or
-- that is masked, those with the characters that are left.
-- One repair leaves the first six characters or the three before the last as they are: with the birth date, which stands in
-- the number, either finds the few that are worth comparing. Only keys are read of everybody, those of dropped rows, too.
-- repair: which one it is, null where it is more than one: judged once, asked for by who reads it.
-- grain: one row per damaged row and number. inputs: damaged_number, read_enrollment, read_resident.
WITH piece AS (
    SELECT row_id, year(brdy) * 10000 + month(brdy) * 100 + day(brdy) AS day,
        TRY_CAST(replace(number, '.', '')[1:6] AS BIGINT) AS area, [TRY_CAST(number[-4:-2] AS BIGINT),
        if(length(number) BETWEEN 14 AND 16, TRY_CAST(number[-3:] AS BIGINT), NULL)] AS sequences
    FROM damaged_number
),
one AS NOT MATERIALIZED (
    SELECT person_key FROM read_enrollment WHERE person_key > 0
    UNION ALL
    SELECT person_key FROM read_resident WHERE person_key > 0
),
near AS (
    SELECT p.row_id, o.person_key FROM one o JOIN piece p ON o.person_key // 1000 = p.area * 100000000 + p.day
    UNION
    SELECT p.row_id, o.person_key FROM one o JOIN (SELECT row_id, day, unnest(sequences) AS sequence FROM piece) p
        ON o.person_key % 100000000000 = CAST(p.day AS BIGINT) * 1000 + p.sequence
),
compared AS (
    SELECT n.row_id, n.person_key, d.brdy, certificate_number(n.person_key, NULL) AS canonical, d.number, d.reasons,
        canonical[1:6] || canonical[9:17] AS old_form,
        regexp_extract(d.number, '^[0-9]*') AS head, regexp_extract(d.number, '[0-9]+X?$') AS tail,
        replace(split_part(d.number, 'E', 1), '.', '') AS mantissa
    FROM near n JOIN damaged_number d USING (row_id)
)
SELECT row_id, person_key, brdy, canonical,
    CASE
        WHEN list_contains(reasons, 'id_masked') THEN
            if(length(head) + length(tail) >= 8 AND starts_with(canonical, head) AND ends_with(canonical, tail), 'masked', NULL)
        WHEN list_contains(reasons, 'id_excel_scientific') THEN
            if(regexp_matches(number, '^[0-9]\.[0-9]{5,14}E\+?17$')
                AND (TRY_CAST(canonical AS BIGINT) + CAST('5' || repeat('0', 17 - length(mantissa)) AS BIGINT))
                    // CAST('1' || repeat('0', 18 - length(mantissa)) AS BIGINT) = TRY_CAST(mantissa AS BIGINT), 'rounded', NULL)
        WHEN list_contains(reasons, 'id_excel_truncated') AND canonical[1:15] = number[1:15] THEN 'truncated'
        WHEN list_contains(reasons, 'id_float_rounded') AND abs(TRY_CAST(canonical AS BIGINT) - TRY_CAST(number AS BIGINT)) <= 64 THEN 'rounded'
        WHEN translate(number, 'OQDILZSGB', '000112568') = canonical THEN 'letters_for_digits'
        -- one repair changes two characters at most: far cheaper to see than which repair it would be
        WHEN length(number) = 18 AND hamming(number, canonical) > 2 THEN NULL
        WHEN damerau_levenshtein(number, canonical) = 1 OR (canonical[7:8] = '19' AND damerau_levenshtein(number, old_form) = 1) THEN
            CASE
                WHEN length(number) IN (14, 17) THEN 'character_missing'
                WHEN length(number) IN (16, 19) THEN 'character_added'
                WHEN levenshtein(number, if(length(number) = 15, old_form, canonical)) = 2 THEN 'neighbours_swapped'
                ELSE 'character_changed'
            END
    END AS repair
FROM compared
