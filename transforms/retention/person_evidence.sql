-- Of persons with a decision: the rows that say a person is dead, or what the register says of one who has left, those that do
-- not agree on who the person is, and those that link its documents, as items of evidence (see overlap_evidence.sql). A row is
-- named by what it says, with the key of its document.
-- What a deregistration was for is told in words of the contract: the register's own may say more than it should.
-- grain: one row per person with such evidence, key person_key.
-- inputs: decided, ended_by_death, death_report, suspended_while_away, resident, identity_conflict, person_row, linked,
-- document_link, suspicious.
WITH link AS (
    SELECT coalesce(l.person_key, d.low_key) AS person_key, d.state, coalesce(strftime(d.told.link_date, '%Y-%m-%d'), '') AS linked_on,
        keyed_hash(concat_ws('|', 'identity_link', d.told.old_kind, d.told.old_canonical, d.told.new_kind, d.told.new_canonical,
            d.told.link_date, d.told.reason)) AS row_key
    FROM document_link d LEFT JOIN linked l ON l.document_key = d.low_key
    WHERE d.state IN ('live', 'undone')
      AND coalesce(l.person_key, d.low_key) IN (SELECT person_key FROM decided)
),
said AS (
    SELECT DISTINCT r.person_key, 'deceased' AS fact, strftime(r.died_on, '%Y-%m-%d') AS value, r.extract,
        keyed_hash(concat_ws('|', r.extract, r.document_key, r.psn_name, r.died_on)) AS row_key
    FROM death_report r
    WHERE r.person_key IN (SELECT person_key FROM ended_by_death)
    UNION ALL
    SELECT DISTINCT r.person_key, 'deregistered',
        concat_ws(' ', CASE WHEN r.dereg_reason IN ('death', 'emigrated', 'military', 'prison') THEN r.dereg_reason
            WHEN r.dereg_reason IS NULL THEN 'registered' ELSE 'other' END, strftime(r.dereg_date, '%Y-%m-%d')), 'resident',
        keyed_hash(resident_content(r.document_key, r.psn_name, r.brdy, r.hsreg_admdvs, r.live_admdvs, r.permit_admdvs, r.permit_begin,
            r.permit_end, r.dereg_reason, r.dereg_date))
    FROM resident r
    WHERE r.person_key IN (SELECT person_key FROM suspended_while_away)
    UNION ALL
    SELECT DISTINCT r.person_key, 'identity_conflict', array_to_string(x.fields, ' '), r.extract,
        coalesce(r.row_key, keyed_hash(concat_ws('|', r.extract, r.document_key, r.psn_name, r.gend, r.brdy)))
    FROM person_row r JOIN identity_conflict x USING (person_key)
    WHERE r.person_key IN (SELECT person_key FROM decided)
    UNION ALL
    SELECT k.person_key, 'identity_conflict', 'certno', 'identity_link', k.row_key
    FROM suspicious JOIN link k USING (person_key)
    UNION ALL
    SELECT person_key, 'identity_link', linked_on, 'identity_link', row_key
    FROM link
    WHERE state = 'live' AND person_key IN (SELECT person_key FROM linked WHERE document_key <> person_key)
)
SELECT person_key,
    evidence_items(list(item) FILTER (fact = 'deceased')) AS deceased,
    evidence_items(list(item) FILTER (fact = 'identity_conflict')) AS identity_conflict,
    evidence_items(list(item) FILTER (fact = 'deregistered')) AS deregistered,
    evidence_items(list(item) FILTER (fact = 'identity_link')) AS identity_link
FROM (SELECT person_key, fact, evidence_item(fact, value, extract, row_key) AS item FROM said)
GROUP BY person_key
