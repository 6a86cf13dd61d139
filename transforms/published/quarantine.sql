-- The published dataset of the same name; columns, types and order are those of contracts/datasets.py.
SELECT f.department, f.extract, f.file, q.row_id & ((CAST(1 AS BIGINT) << 40) - 1) AS row_number, q.reasons, q.columns,
    q.raw
FROM refused q
JOIN source_file f ON f.extract = q.extract AND f.number = q.row_id >> 40
WHERE in_share(q.row_id)
ORDER BY extract, file, row_number
