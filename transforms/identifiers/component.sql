-- Which documents hang together by links that hold: the connected components, each named by its least key. Every round
-- hands the least key known so far to the neighbours of what changed, to what these were named after, and on from there:
-- a chain of a thousand documents takes a dozen rounds, not a thousand.
-- A passport and its number alone hang together like two documents; where no link touches either there is nothing to search.
-- grain: one row per linked document, key document_key. inputs: document_link, foreign_passport.
WITH RECURSIVE link AS (
    SELECT low_key, high_key FROM document_link WHERE state = 'live' AND low_key <> high_key
),
passport AS (
    SELECT number_key, passport_key,
        number_key IN (SELECT unnest([low_key, high_key]) FROM link) OR passport_key IN (SELECT unnest([low_key, high_key]) FROM link) AS is_linked
    FROM foreign_passport
),
pair AS (
    SELECT * FROM link UNION SELECT number_key, passport_key FROM passport WHERE is_linked
),
edge AS (
    SELECT low_key AS one, high_key AS other FROM pair
    UNION ALL
    SELECT high_key, low_key FROM pair
),
grown(document_key, least_key) USING KEY (document_key) AS (
    SELECT one, least(one, min(other)) FROM edge GROUP BY one
    UNION
    SELECT document_key, min(least_key)
    FROM (
        SELECT e.other AS document_key, g.least_key
        FROM grown g JOIN edge e ON e.one = g.document_key JOIN recurring.grown o ON o.document_key = e.other
        WHERE g.least_key < o.least_key
        UNION ALL
        SELECT root.document_key, g.least_key
        FROM grown g JOIN edge e ON e.one = g.document_key JOIN recurring.grown o ON o.document_key = e.other
        JOIN recurring.grown root ON root.document_key = o.least_key
        WHERE g.least_key < root.least_key
        UNION ALL
        SELECT o.document_key, root.least_key
        FROM recurring.grown o JOIN recurring.grown root ON root.document_key = o.least_key
        WHERE root.least_key < o.least_key
    )
    GROUP BY document_key
)
SELECT document_key, least_key FROM grown
UNION ALL
SELECT unnest([number_key, passport_key]), least(number_key, passport_key) FROM passport WHERE NOT is_linked
