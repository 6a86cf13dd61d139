-- Candidates under the names that are published, a row per pair. One row of each extract on the right side stands for all. The
-- score counts what agrees: the number or the mother's, the name, the birth date, the sex, the employer; less where the left
-- side is like somebody else as well. Who is like more than twenty others is like nobody.
-- grain: one row per pair, key candidate_id. inputs: candidate, kind, linked.
WITH sided AS (
    SELECT *, coalesce(left_key || ':' || left_number, 'row:' || coalesce(enrollment_id, row_id || '')) AS left_side,
        coalesce(row_key, keyed_hash(concat_ws('|', extract, right_key, psn_name, gend, brdy))) AS row_ref
    FROM candidate
),
chosen AS (
    SELECT *,
        count(DISTINCT right_person) OVER (PARTITION BY basis, left_side) AS alike,
        min(enrollment_id) OVER (PARTITION BY basis, left_side) AS left_row_key,
        min(row_id) OVER (PARTITION BY basis, left_side) AS left_row_id
    FROM sided
    QUALIFY row_number() OVER (PARTITION BY basis, left_side, right_key, right_number, extract
        ORDER BY weight DESC, is_same_employer DESC, is_sex_stated DESC, row_ref, likeness, left_number) = 1
        AND alike <= 20
),
paired AS (
    SELECT basis, left_side, left_row_key, left_row_id, min(left_kind) AS left_kind, min(left_number) AS left_number, right_key, right_number,
        min(right_kind) AS right_kind, min(right_person) AS right_person,
        array_to_string(list_sort(list(concat_ws(chr(30),
            evidence_item('certno', likeness, extract, row_ref),
            if(basis = 'newborn_of_mother', NULL, evidence_item('psn_name', 'same', extract, row_ref)),
            evidence_item('brdy', 'same', extract, row_ref),
            if(is_sex_stated, evidence_item('gend', 'same', extract, row_ref), NULL),
            if(is_same_employer, evidence_item('emp_no', 'same', extract, row_ref), NULL)))), chr(30)) AS items,
        max(weight) + if(basis = 'newborn_of_mother', 0, 30) + 20 + if(bool_or(is_sex_stated), 10, 0) + if(bool_or(is_same_employer), 15, 0)
            - if(bool_or(alike > 1), 15, 0) AS score
    FROM chosen
    GROUP BY basis, left_side, left_row_key, left_row_id, right_key, right_number
)
SELECT keyed_hash(concat_ws('|', 'candidate', p.basis, p.left_side, r.kind, p.right_number)) AS candidate_id, p.basis,
    p.left_row_key AS row_key, p.left_row_id AS row_id, l.kind AS left_kind, p.left_number, r.kind AS right_kind, p.right_number,
    keyed_hash(identifier_text(p.right_person, coalesce(k.kind, r.kind), coalesce(d.canonical, p.right_number))) AS right_person_id,
    p.items, CAST(p.score AS INTEGER) AS score
FROM paired p
JOIN kind r ON r.id_kind = p.right_kind
LEFT JOIN kind l ON l.id_kind = p.left_kind
LEFT JOIN linked d ON d.document_key = p.right_person
LEFT JOIN kind k ON k.id_kind = d.id_kind
