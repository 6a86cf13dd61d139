-- Pairs that may be one person, for somebody to confirm; nothing is ever decided from them. Three grounds:
-- repaired_number: a rejected enrollment whose number is one repair away from a known one, of the same name and birth date;
-- same_name_and_birth: an enrollment under a document not of the 18-character kinds, and a person of the same name and birth
-- date under a document of another kind or form;
-- newborn_of_mother: two newborns of one mother, birth date and sex under different documents. Twins are never a pair: not two
-- that are said to be different children, and nobody where one kind of document is there twice.
-- Sexes agree where both are stated. Documents that are linked already, or that an entry keeps apart, are no pair.
-- grain: one row per pair and row of its right side.
-- inputs: damaged_number, near_number, candidate_form, other_document, read_enrollment, dropped_enrollment, read_resident,
-- dropped_resident, newborn, linked, document_link, kind.
WITH repaired AS (
    SELECT 'repaired_number' AS basis, d.row_id, d.enrollment_id, NULL AS left_key, NULL AS left_kind, d.number AS left_number,
        n.person_key AS right_key, n.id_kind AS right_kind, n.canonical AS right_number, n.extract, n.row_key, n.psn_name, n.gend, n.brdy,
        n.repair AS likeness, is_sex(d.gend) AND is_sex(n.gend) AS is_sex_stated, false AS is_same_employer,
        CASE WHEN n.repair = 'masked' THEN 25 ELSE 40 END AS weight
    FROM near_number n
    JOIN damaged_number d USING (row_id)
    JOIN candidate_form f ON f.psn_name = n.psn_name AND f.name = d.name
    WHERE d.gend IS NOT DISTINCT FROM n.gend OR NOT is_sex_stated
),
told AS (
    SELECT o.*, f.name FROM other_document o JOIN candidate_form f USING (psn_name) WHERE f.name <> ''
),
many AS (
    -- a name and a birth date that more than fifty documents share say nothing: made up, or nobody knows
    SELECT name, brdy FROM told GROUP BY name, brdy HAVING count(*) > 50 AND count(DISTINCT document_key) > 50
),
formed AS (
    SELECT * FROM told ANTI JOIN many USING (name, brdy)
),
enrolled AS (
    SELECT * FROM formed WHERE extract = 'enrollment' AND document_key < 0
),
spelled AS (
    -- resident IDs are too many to bring all their names to one form: they are looked for by the spellings of a name
    SELECT DISTINCT name, brdy, unnest(list_distinct([name, psn_name] || if(regexp_matches(psn_name, '[·•‧∙⋅・･.．]'),
        list_transform(['·', '•', '‧', '・', '.', '．', ''], lambda dot: regexp_replace(psn_name, '[·•‧∙⋅・･.．]', dot, 'g')), []))) AS psn_name
    FROM enrolled
),
-- by name and birth date alone while the rows are read; what else is told of them is asked of the few that are found
of_that_name AS (
    SELECT e.row_id, e.person_key AS document_key, e.id_kind, e.psn_name, e.brdy, s.name
    FROM read_enrollment e JOIN spelled s ON s.psn_name = e.psn_name AND s.brdy = e.brdy
    WHERE e.id_kind = (SELECT id_kind FROM kind WHERE kind = 'resident_id')
),
of_resident_id AS (
    SELECT 'enrollment' AS extract, e.psn_insu_rlts_id AS row_key, o.document_key, o.id_kind, NULL AS canonical, o.psn_name, e.gend,
        o.brdy, e.emp_no, o.name
    FROM read_enrollment e JOIN of_that_name o USING (row_id)
    WHERE row_id NOT IN (SELECT row_id FROM dropped_enrollment)
    UNION ALL
    SELECT 'resident', NULL, r.person_key, r.id_kind, NULL, r.psn_name, r.gend, r.brdy, NULL, s.name
    FROM read_resident r JOIN spelled s ON s.psn_name = r.psn_name AND s.brdy = r.brdy
    WHERE r.id_kind = (SELECT id_kind FROM kind WHERE kind = 'resident_id') AND r.row_id NOT IN (SELECT row_id FROM dropped_resident)
),
named AS (
    SELECT 'same_name_and_birth' AS basis, a.row_id, a.row_key AS enrollment_id, a.document_key AS left_key, a.id_kind AS left_kind,
        a.canonical AS left_number, b.document_key AS right_key, b.id_kind AS right_kind,
        certificate_number(b.document_key, b.canonical) AS right_number, b.extract, b.row_key, b.psn_name, b.gend, b.brdy,
        'another_document' AS likeness, is_sex(a.gend) AND is_sex(b.gend) AS is_sex_stated,
        coalesce(a.emp_no = b.emp_no, false) AS is_same_employer, 0 AS weight
    FROM enrolled a
    JOIN (SELECT * EXCLUDE (row_id) FROM formed UNION ALL BY NAME SELECT * FROM of_resident_id) b ON b.name = a.name AND b.brdy = a.brdy
    WHERE (a.gend = b.gend OR NOT is_sex_stated)
      AND (a.id_kind <> b.id_kind OR b.document_key > 0)
      -- of two that are enrolled both, the one that is further from a resident ID is the left one
      AND (a.id_kind > b.id_kind OR b.document_key > 0 OR b.document_key NOT IN (SELECT document_key FROM enrolled))
),
child AS (
    SELECT *, CAST(mother_key AS VARCHAR) AS of_mother, document_key || if(document_key = mother_key, psn_name, '') AS child FROM newborn WHERE mother_key IS NOT NULL
    UNION ALL
    SELECT *, mother, document_key || '' FROM newborn WHERE mother <> ''
),
only_child AS (
    SELECT * FROM child
    QUALIFY count(DISTINCT child) OVER (PARTITION BY of_mother, brdy, gend, id_kind) = 1
),
single AS (
    SELECT * FROM only_child
    WHERE (of_mother, brdy, gend) NOT IN (SELECT (of_mother, brdy, gend) FROM child WHERE row_id NOT IN (SELECT row_id FROM only_child))
),
born AS (
    SELECT 'newborn_of_mother' AS basis, a.row_id, a.row_key AS enrollment_id, a.document_key AS left_key, a.id_kind AS left_kind,
        certificate_number(a.document_key, a.canonical) AS left_number, b.document_key AS right_key, b.id_kind AS right_kind,
        certificate_number(b.document_key, b.canonical) AS right_number, 'enrollment' AS extract, b.row_key, b.psn_name, b.gend, b.brdy,
        if(a.of_mother = a.mother, 'mother_name', 'mother_number') AS likeness, true AS is_sex_stated, false AS is_same_employer,
        if(a.of_mother = a.mother, 20, 40) AS weight
    FROM single a JOIN single b USING (of_mother, brdy, gend)
    WHERE (a.id_kind, a.document_key) > (b.id_kind, b.document_key)
      AND coalesce(a.birth_order = b.birth_order, true)
      AND coalesce(a.mother_key = b.mother_key, true)
),
pair AS (
    SELECT * FROM repaired UNION ALL SELECT * FROM named UNION ALL SELECT * FROM born
)
SELECT p.*, coalesce(r.person_key, p.right_key) AS right_person
FROM pair p
LEFT JOIN linked l ON l.document_key = p.left_key
LEFT JOIN linked r ON r.document_key = p.right_key
LEFT JOIN document_link d ON d.low_key = least(p.left_key, p.right_key) AND d.high_key = greatest(p.left_key, p.right_key) AND d.state = 'undone'
WHERE coalesce(l.person_key, p.left_key) IS DISTINCT FROM coalesce(r.person_key, p.right_key) AND d.state IS NULL
