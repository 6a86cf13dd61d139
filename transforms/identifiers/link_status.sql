-- What became of each link: applied; undone by an entry of its day or later; future, dated after the as-of date; suspicious,
-- held by a person whose documents are under review. person_key is null where the two are not one person's tonight; where
-- they are though the link is undone, another way of links joins them, and the person is under review.
-- grain: one row per two documents, key (low_key, high_key). inputs: document_link, linked, suspicious.
SELECT d.low_key, d.high_key,
    coalesce(l.person_key, d.low_key) = coalesce(h.person_key, d.high_key) AS is_one,
    if(is_one, coalesce(l.person_key, d.low_key), NULL) AS person_key,
    CASE WHEN d.state <> 'live' THEN d.state WHEN s.person_key IS NOT NULL THEN 'suspicious' ELSE 'applied' END AS status,
    d.told, d.undone_on,
    if(status = 'suspicious' OR (status = 'undone' AND is_one), s.doubts, NULL) AS doubts
FROM document_link d
LEFT JOIN linked l ON l.document_key = d.low_key
LEFT JOIN linked h ON h.document_key = d.high_key
LEFT JOIN suspicious s ON s.person_key = coalesce(l.person_key, d.low_key)
