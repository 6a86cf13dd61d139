-- Relations of mutual aid that are in force on the as-of date, the months of spending put together (rules 4.4). Of rows that
-- differ those that begin last count, up to the as-of date: a relation that was renewed has another quota; of these the greater in its
-- own order. What is used is the greatest that is told, else what was spent.
-- grain: one row per relation, key relation_id. inputs: mutual_aid.
SELECT relation_id, newest.*,
    CAST(greatest(0, coalesce(quota, 0) - coalesce(used, spent, 0)) AS DECIMAL(12, 2)) AS unused_quota
FROM (
    SELECT relation_id,
        max({'begin_on': begin, 'donor_key': donor_person_key, 'beneficiary_key': beneficiary_person_key, 'donor_enrollment_id': donor_enrollment_id,
            'kinship': kinship, 'end_on': coalesce("end", DATE '9999-12-31'), 'donor_kind': donor_id_kind, 'donor_canonical': donor_canonical,
            'beneficiary_kind': beneficiary_id_kind, 'beneficiary_canonical': beneficiary_canonical}) AS newest,
        max(quota) AS quota, max(used) AS used, sum(spent_amount) AS spent
    FROM (FROM mutual_aid WHERE begin <= $as_of QUALIFY begin = max(begin) OVER (PARTITION BY relation_id))
    GROUP BY relation_id
)
WHERE newest.end_on > $as_of
