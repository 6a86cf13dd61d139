-- What the police register says of the doubtful, with the home of each row on the as-of date: a residence permit valid that
-- day, else the stated living area, else the household registration while it lasts (rules 2, usual_residence).
-- grain: one row per row of the register, key row_id. inputs: read_resident, dropped_resident, doubtful_document, linked.
SELECT r.row_id, coalesce(l.person_key, r.person_key) AS person_key, coalesce(l.full_key, r.person_key) AS document_key, r.id_kind, r.canonical,
    r.psn_name, r.gend, r.brdy, r.hsreg_admdvs, r.live_admdvs, r.permit_admdvs, r.permit_begin, r.permit_end, r.dereg_reason, r.dereg_date, r.is_disabled,
    home_of(r.permit_admdvs, r.permit_begin, r.permit_end, r.live_admdvs, r.hsreg_admdvs, r.dereg_reason, r.dereg_date, $as_of) AS home
FROM read_resident r
SEMI JOIN doubtful_document d ON d.document_key = r.person_key
LEFT JOIN linked l ON l.document_key = r.person_key
WHERE row_id NOT IN (SELECT row_id FROM dropped_resident)
