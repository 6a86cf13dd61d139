-- Persons that a published dataset speaks of, under the name that may be published: a keyed hash of the canonical
-- identifier, whose 18th character is computed from the key (GB 11643-1999). Name, sex and birth are those of the newest
-- enrollment; of who has none, of the police register.
-- grain: one row per person, key person_key. inputs: overlap, ended_by_death, enrollment, gap, switch, plan_resident, everybody_student, everybody_contribution, kind.
WITH spoken AS (
    SELECT person_key FROM overlap UNION SELECT person_key FROM ended_by_death UNION SELECT person_key FROM plan.gap
    UNION SELECT person_key FROM switch
),
told AS (
    SELECT person_key, 3 AS rank, crt_insu_date AS day, psn_insu_rlts_id AS id, id_kind, canonical, psn_name, gend, brdy FROM enrollment
    UNION ALL
    SELECT person_key, 3, crt_insu_date, psn_insu_rlts_id, id_kind, canonical, psn_name, gend, brdy FROM plan.enrollment
    UNION ALL
    SELECT person_key, 2, brdy, '', id_kind, canonical, psn_name, gend, brdy FROM plan.plan_resident
    UNION ALL
    SELECT person_key, 1, NULL, '', id_kind, canonical, NULL, NULL, NULL FROM everybody_student SEMI JOIN plan.gap USING (person_key)
    UNION ALL
    SELECT person_key, 1, NULL, '', id_kind, canonical, NULL, NULL, NULL FROM everybody_contribution SEMI JOIN plan.gap USING (person_key)
),
carried AS (
    SELECT person_key, max({'rank': rank, 'crt': day, 'id': id, 'id_kind': id_kind, 'canonical': canonical,
        'name': psn_name, 'gend': gend, 'brdy': brdy}) AS last
    FROM told
    WHERE person_key IN (SELECT person_key FROM spoken)
    GROUP BY person_key
),
numbered AS (
    SELECT person_key, last, kind.kind AS cert_type, person_key AS k,
        (k // 10000000000000000 * 7 + k // 1000000000000000 % 10 * 9 + k // 100000000000000 % 10 * 10 + k // 10000000000000 % 10 * 5
            + k // 1000000000000 % 10 * 8 + k // 100000000000 % 10 * 4 + k // 10000000000 % 10 * 2 + k // 1000000000 % 10 * 1
            + k // 100000000 % 10 * 6 + k // 10000000 % 10 * 3 + k // 1000000 % 10 * 7 + k // 100000 % 10 * 9 + k // 10000 % 10 * 10
            + k // 1000 % 10 * 5 + k // 100 % 10 * 8 + k // 10 % 10 * 4 + k % 10 * 2) % 11 AS remainder
    FROM carried JOIN kind ON kind.id_kind = last.id_kind
)
SELECT person_key, cert_type,
    if(person_key > 0, person_key || '10X98765432'[1 + remainder], last.canonical) AS certno_canonical,
    keyed_hash(if(person_key > 0, certno_canonical, cert_type || ':' || certno_canonical)) AS person_id,
    last.name AS name, last.gend AS gend, last.brdy AS brdy
FROM numbered
