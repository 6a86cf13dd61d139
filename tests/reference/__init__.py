"""A second, slow and obvious implementation of the rules, to hold the pipeline against.

It takes one person at a time, in plain Python, and was written from the text of the rules alone: every function
quotes the sentence it stands for. It shares no code with the pipeline, so that where the two agree a mistake would
have to be made twice.
"""

from dataclasses import replace
from datetime import date

from .decide import decide
from .model import (
    Aid,
    Assistance,
    Contribution,
    Death,
    Enrollment,
    Feedback,
    Link,
    Outcome,
    Person,
    Policy,
    Resident,
    Stay,
    Student,
    fujian,
    guangdong,
    jilin,
    national,
)

POLICIES = {"national": national(), "jilin": jilin(), "guangdong": guangdong(), "fujian": fujian()}
STARTS = {"jilin": date(2022, 5, 26), "fujian": date(2025, 1, 1)}


def policy_on(policy_id: str, day: date, **parameters) -> Policy:
    """A province's policy from its first day on; before it the nation's, under the province's name. With other ``parameters``
    than the policy has, where some are given."""
    known = POLICIES[policy_id] if day >= STARTS.get(policy_id, day) else national(policy_id=policy_id)
    return replace(known, **parameters)


__all__ = [
    "Aid",
    "Assistance",
    "Contribution",
    "Death",
    "Enrollment",
    "Feedback",
    "Link",
    "Outcome",
    "POLICIES",
    "Person",
    "Policy",
    "Resident",
    "Stay",
    "Student",
    "decide",
    "fujian",
    "guangdong",
    "jilin",
    "national",
    "policy_on",
]
