-- The published dataset of the same name; columns, types and order are those of contracts/datasets.py.
-- A row that has no key is told by its place in its file. Evidence leaves as text and becomes records when it is written.
SELECT c.candidate_id, c.basis, 'enrollment' AS extract, c.row_key, f.file,
    if(f.file IS NULL, NULL, c.row_id & ((CAST(1 AS BIGINT) << 40) - 1)) AS row_number,
    c.left_kind, c.left_number, c.right_kind, c.right_number, c.right_person_id, c.items AS evidence, c.score
FROM candidate_pair c
LEFT JOIN source_file f ON c.row_key IS NULL AND f.extract = 'enrollment' AND f.number = c.row_id >> 40
ORDER BY candidate_id
