-- Persons that a published dataset speaks of, under the name that may be published: a keyed hash of the canonical
-- identifier, of linked documents that of the preferred one.
-- grain: one row per person, key person_key. inputs: overlap, ended_by_death, enrollment, linked, kind.
WITH spoken AS (
    SELECT person_key FROM overlap UNION SELECT person_key FROM ended_by_death
),
carried AS (
    SELECT person_key, max({'crt': crt_insu_date, 'id': psn_insu_rlts_id, 'id_kind': id_kind, 'canonical': canonical,
        'name': psn_name, 'gend': gend, 'brdy': brdy}) AS last
    FROM enrollment
    WHERE person_key IN (SELECT person_key FROM spoken)
    GROUP BY person_key
),
documented AS (
    SELECT c.person_key, c.last, coalesce(l.id_kind, c.last.id_kind) AS id_kind,
        coalesce(l.canonical, certificate_number(c.person_key, c.last.canonical)) AS certno_canonical
    FROM carried c LEFT JOIN linked l ON l.document_key = c.person_key
)
SELECT person_key, kind.kind AS cert_type, certno_canonical,
    keyed_hash(if(person_key > 0, certno_canonical, cert_type || ':' || certno_canonical)) AS person_id,
    last.name AS name, last.gend AS gend, last.brdy AS brdy
FROM documented JOIN kind USING (id_kind)
