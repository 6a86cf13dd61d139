-- Counts for the gate overlap_share: persons with an enrollment of a basic scheme that can be active inside the look-back
-- (counted while the extracts were read), and those of them in a current overlap.
-- grain: one row. inputs: overlap.
SELECT $persons_enrolled AS persons_enrolled,
    (SELECT count(DISTINCT person_key) FROM overlap WHERE timing = 'current') AS persons_in_current_overlap
