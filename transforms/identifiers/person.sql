-- Persons that a published dataset speaks of, under the name that may be published: a keyed hash of the canonical
-- identifier, of linked documents that of the preferred one. Name, sex and birth are those of the newest enrollment; of who
-- has none, of the police register.
-- grain: one row per person, key person_key.
-- inputs: overlap, person_ruling, enrollment, awaited_enrollment, plan.gap, switch, refund, after_death, contribution, inpatient_stay, dissolution, plan.plan_resident,
-- plan.enrollment, plan.contribution, plan.plan_student, linked, kind.
WITH spoken AS (
    SELECT person_key FROM overlap UNION SELECT person_key FROM person_ruling UNION SELECT person_key FROM plan.gap
    UNION SELECT person_key FROM switch UNION SELECT person_key FROM after_death
    UNION SELECT payer_key FROM refund WHERE payer_key IS NOT NULL
    UNION SELECT person_key FROM enrollment SEMI JOIN awaited_enrollment USING (enrollment_hash)
    UNION SELECT donor_key FROM dissolution UNION SELECT beneficiary_key FROM dissolution
),
told AS (
    SELECT person_key, 3 AS rank, crt_insu_date AS day, psn_insu_rlts_id AS id, id_kind, canonical, psn_name, gend, brdy FROM enrollment
    UNION ALL
    SELECT person_key, 3, crt_insu_date, psn_insu_rlts_id, id_kind, canonical, psn_name, gend, brdy FROM plan.enrollment
    UNION ALL
    SELECT person_key, 2, brdy, '', id_kind, canonical, psn_name, gend, brdy FROM plan.plan_resident
    UNION ALL
    SELECT payer_person_key, 1, NULL, '', payer_id_kind, payer_canonical, NULL, NULL, NULL FROM contribution
    WHERE payer_person_key IN (SELECT payer_key FROM refund)
    UNION ALL
    SELECT donor_key, 1, NULL, '', donor_kind, donor_canonical, NULL, NULL, NULL FROM dissolution
    UNION ALL
    SELECT beneficiary_key, 1, NULL, '', beneficiary_kind, beneficiary_canonical, NULL, NULL, NULL FROM dissolution
    UNION ALL
    SELECT person_key, 1, NULL, '', id_kind, canonical, NULL, NULL, NULL FROM plan.plan_student
    UNION ALL
    SELECT person_key, 1, NULL, '', id_kind, canonical, NULL, NULL, NULL FROM plan.contribution
    UNION ALL
    -- of the dead whose enrollments are all in quarantine
    SELECT person_key, 1, NULL, '', id_kind, canonical, NULL, NULL, NULL
    FROM (SELECT person_key, id_kind, canonical FROM contribution UNION ALL SELECT person_key, id_kind, canonical FROM inpatient_stay)
    SEMI JOIN after_death USING (person_key)
),
carried AS (
    SELECT person_key, max({'rank': rank, 'crt': day, 'id': id, 'id_kind': id_kind, 'canonical': canonical,
        'name': psn_name, 'gend': gend, 'brdy': brdy}) AS last
    FROM told
    WHERE person_key IN (SELECT person_key FROM spoken)
    GROUP BY person_key
),
documented AS (
    SELECT c.person_key, c.last, coalesce(l.id_kind, c.last.id_kind) AS id_kind,
        coalesce(l.canonical, certificate_number(c.person_key, c.last.canonical)) AS certno_canonical
    FROM carried c LEFT JOIN linked l ON l.document_key = c.person_key
)
SELECT person_key, kind.kind AS cert_type, certno_canonical,
    keyed_hash(identifier_text(person_key, cert_type, certno_canonical)) AS person_id,
    last.name AS name, last.gend AS gend, last.brdy AS brdy
FROM documented JOIN kind USING (id_kind)
