-- Persons that a published dataset speaks of, under the name that may be published: a keyed hash of the canonical
-- identifier, whose 18th character is computed from the key (GB 11643-1999).
-- grain: one row per person, key person_key. inputs: overlap, ended_by_death, enrollment, kind.
WITH spoken AS (
    SELECT person_key FROM overlap UNION SELECT person_key FROM ended_by_death
),
carried AS (
    SELECT person_key,
        arg_max(id_kind, (crt_insu_date, psn_insu_rlts_id)) AS id_kind,
        arg_max(canonical, (crt_insu_date, psn_insu_rlts_id)) AS canonical,
        arg_max(psn_name, (crt_insu_date, psn_insu_rlts_id)) AS name,
        arg_max(gend, (crt_insu_date, psn_insu_rlts_id)) AS gend,
        arg_max(brdy, (crt_insu_date, psn_insu_rlts_id)) AS brdy
    FROM enrollment
    WHERE person_key IN (SELECT person_key FROM spoken)
    GROUP BY person_key
)
SELECT c.person_key, kind.kind AS cert_type,
    if(person_key > 0,
        person_key || '10X98765432'[1 + CAST(list_sum(list_transform(range(17), lambda i:
            (person_key // CAST(10 ** (16 - i) AS BIGINT) % 10) * [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2][i + 1])) AS BIGINT) % 11],
        canonical) AS certno_canonical,
    keyed_hash(if(person_key > 0, certno_canonical, cert_type || ':' || certno_canonical)) AS person_id,
    name, gend, brdy
FROM carried c JOIN kind USING (id_kind)
