-- Overlaps: stretches with two members or more that reach into the look-back (rules 1.2). The start is the true one.
-- The decision date is the as-of date if current, the first day if future, the last day if past.
-- overlap_no is the place of the row, unique and quick to compare; nothing is ever ordered by it.
-- grain: one row per overlap, key (person_key, starts_on), also overlap_no. inputs: segment.
SELECT row_number() OVER () AS overlap_no, person_key, starts_on, ends_on,
    CASE WHEN starts_on > $as_of THEN 'future' WHEN ends_on > $as_of THEN 'current' ELSE 'past' END AS timing,
    CASE timing WHEN 'future' THEN starts_on WHEN 'current' THEN $as_of ELSE ends_on - 1 END AS decision_date,
    month_of(decision_date) AS decision_month
FROM segment
WHERE members >= 2 AND ends_on > $lookback_start AND ends_on - starts_on >= $min_overlap_days
