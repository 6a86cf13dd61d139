-- Who the asked id speaks of: the person of that id, or the person whose enrollment it is, in whatever list of the night.
-- grain: one row per person, key person_id.
-- inputs: said_decisions, said_overlaps, said_subsidy_deductions, said_refunds, said_cases, said_benefit_continuity, said_coverage_gaps, said_mutual_aid_dissolutions, said_timelines, said_after_death.
SELECT DISTINCT person_id
FROM (
    SELECT person_id FROM said_decisions WHERE enrollment_id = $asked OR person_id = $asked
    UNION ALL
    -- members of the overlaps of the dead have no row of their own in them
    SELECT person_id FROM said_overlaps WHERE person_id = $asked OR list_contains(enrollment_ids, $asked)
    UNION ALL
    -- a row that was merged has no decision under its own id
    SELECT person_id FROM said_timelines WHERE enrollment_id = $asked
    UNION ALL
    SELECT person_id FROM said_subsidy_deductions WHERE enrollment_id = $asked OR person_id = $asked
    UNION ALL
    -- a refund that was paid or withdrawn and a case that was returned outlive their decision
    SELECT person_id FROM said_refunds WHERE enrollment_id = $asked OR person_id = $asked
    UNION ALL
    SELECT person_id FROM said_cases WHERE enrollment_id = $asked OR person_id = $asked
    UNION ALL
    SELECT person_id FROM said_benefit_continuity WHERE person_id = $asked OR from_enrollment_id = $asked OR to_enrollment_id = $asked
    UNION ALL
    SELECT person_id FROM said_coverage_gaps WHERE person_id = $asked OR last_enrollment_id = $asked
    UNION ALL
    SELECT person_id FROM said_after_death WHERE person_id = $asked OR enrollment_id = $asked
    UNION ALL
    SELECT $asked FROM said_mutual_aid_dissolutions WHERE donor_person_id = $asked OR beneficiary_person_id = $asked
    UNION ALL
    SELECT donor_person_id FROM said_mutual_aid_dissolutions WHERE return_to_enrollment_id = $asked
)
