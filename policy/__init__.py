"""The policy: which enrollment stays, on what ground, and with which numbers, as dated and cited data.

    from datetime import date
    import policy
    rules = policy.load("jilin", date(2026, 11, 22))
    rules.parameters["payment_grace_months"]      # 3
    rules.rules["employee_workplace"].ladder      # ('employer_paid', 'employment_place', 'newest_in_pool')
    rules.standards(range(2025, 2027))            # [('nation', 2025, Decimal('700')), ...]

national/*.yaml holds the nation, provinces/<code>.yaml what a province changes, coverage.yaml who has been looked at.
`python -m flows policy-check` holds them against each other; docs/policy_register.md tells them to people.
"""

from policy.errors import UnknownPolicy
from policy.resolver import ENDED, Policy, Rule, Value, load

__all__ = ["ENDED", "Policy", "Rule", "UnknownPolicy", "Value", "load"]
