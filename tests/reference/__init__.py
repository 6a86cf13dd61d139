"""A second, slow and obvious implementation of the rules, to hold the pipeline against.

It takes one person at a time, in plain Python, and was written from the text of the rules alone: every function
quotes the sentence it stands for. It shares no code with the pipeline, so that where the two agree a mistake would
have to be made twice.
"""

from .decide import decide
from .model import (
    Assistance,
    Contribution,
    Death,
    Enrollment,
    Link,
    Outcome,
    Person,
    Policy,
    Resident,
    Stay,
    Student,
    jilin,
    national,
)

POLICIES = {"national": national(), "jilin": jilin()}

__all__ = [
    "Assistance",
    "Contribution",
    "Death",
    "Enrollment",
    "Link",
    "Outcome",
    "POLICIES",
    "Person",
    "Policy",
    "Resident",
    "Stay",
    "Student",
    "decide",
    "jilin",
    "national",
]
