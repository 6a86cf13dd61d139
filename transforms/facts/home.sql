-- The home of a person on the decision date: a residence permit valid that day, else the stated living area, else the
-- household registration while it lasts (rules 2, usual_residence). Police rows that give different homes give none, and so does a code that
-- cannot be read (?, transforms/reading): what it meant may be another place than the next best.
-- grain: one row per overlap of two residents or more whose home is known, key (person_key, starts_on), also overlap_no.
-- inputs: overlap, overlap_shape, resident, pooling.
WITH said AS (
    SELECT o.overlap_no, o.person_key, o.starts_on, r.row_id,
        home_of(r.permit_admdvs, r.permit_begin, r.permit_end, r.live_admdvs, r.hsreg_admdvs, r.dereg_reason, r.dereg_date,
            o.decision_date) AS home
    FROM resident r
    JOIN (SELECT o.* FROM overlap o SEMI JOIN (SELECT overlap_no FROM overlap_shape WHERE n_resident >= 2) USING (overlap_no)) o
        ON o.person_key = r.person_key
)
SELECT overlap_no, any_value(person_key) AS person_key, any_value(starts_on) AS starts_on, min(home) AS home, min(home)[1:any_value(pool_digits)] AS home_pool, list(row_id) AS row_ids
FROM said
LEFT JOIN pooling ON province = home[1:2]
WHERE home IS NOT NULL
GROUP BY overlap_no
HAVING min(home) = max(home) AND min(home) <> '?'
