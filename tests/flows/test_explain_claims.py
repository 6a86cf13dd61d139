"""What an explanation says would change an outcome does change it: each claim is held against the reference.

One night decides the cases below; the explanation of one enrollment must name the turning point, and the reference,
asked about the same person with just that changed, must come to the outcome that was named.
"""

from datetime import date
from pathlib import Path

import pytest
import yaml
from inbox import AS_OF, Numbers, filler_people, scenario_of, write_inbox
from nights import PUBLISHED
from reference import POLICIES, decide

import policy
from flows.explain import ladder
from flows.explain.reading import read_publication
from flows.explain.turns import turns as turns_of

#: ask: whose explanation; turn: what it must name; but: what is changed in the case (day: the reference is asked then);
#: then: the actions that follow, `A|B` one or the other.
CASES = yaml.safe_load("""
- id: level-then-later-steps
  person: {born: 1985-03-02, sex: 1, name: 张建国, id: "220102"}
  enrollments: {A: {scheme: resident, area: "220102", from: 2024-01-01}, B: {scheme: resident, area: "510104", from: 2026-01-01}}
  contributions: {A: [{from: 2026-01, to: 2026-12}], B: [{from: 2026-01, to: 2026-12}]}
  residence: {household: "220102"}
  ask: B
  turn: also_true
  but: {enrollments: {A: {scheme: resident, area: "220102", from: 2024-01-01}, B: {scheme: resident, area: "220103", from: 2026-01-01}}}
  then: {A: retain, B: terminate}

- id: ahead-alone
  person: {born: 1985-03-02, sex: 1, name: 张建国, id: "220102"}
  enrollments: {A: {scheme: resident, area: "220102", from: 2024-01-01}, B: {scheme: resident, area: "510104", from: 2026-01-01}}
  contributions: {A: [{from: 2026-01, to: 2026-12}], B: [{from: 2026-01, to: 2026-12}]}
  residence: {household: "220102"}
  ask: B
  turn: alone_true
  but: {residence: {household: "510104"}}
  then: {A: terminate, B: retain}

- id: rival-of-the-one-that-stays
  person: {born: 1985-03-02, sex: 1, name: 张建国, id: "220102"}
  enrollments: {A: {scheme: resident, area: "220102", from: 2024-01-01}, B: {scheme: resident, area: "510104", from: 2026-01-01}}
  contributions: {A: [{from: 2026-01, to: 2026-12}], B: [{from: 2026-01, to: 2026-12}]}
  residence: {household: "220102"}
  ask: A
  turn: rival
  but: {residence: {household: "510104"}}
  then: {A: terminate, B: retain}

- id: last-step-level-is-a-tie
  person: {born: 1990-03-02, sex: 1, name: 张建国, id: "220102"}
  enrollments: {A: {scheme: employee, area: "220102", from: 2024-01-01, emp_mgt_type: "01"}, B: {scheme: employee, area: "510104", from: 2025-01-01, psn_type: "1103", emp_mgt_type: "02"}}
  contributions: {A: [{from: 2026-01, to: 2026-11}], B: [{from: 2026-01, to: 2026-11, employer: false}]}
  ask: B
  turn: also_true
  but:
    enrollments: {A: {scheme: employee, area: "220102", from: 2024-01-01, emp_mgt_type: "01"}, B: {scheme: employee, area: "510104", from: 2025-01-01, emp_mgt_type: "01"}}
    contributions: {A: [{from: 2026-01, to: 2026-11}], B: [{from: 2026-01, to: 2026-11}]}
  then: {A: review, B: review}

- id: later-date-leads
  person: {born: 1985-03-02, sex: 1, name: 张建国, id: "220102"}
  enrollments: {A: {scheme: resident, area: "220102", from: 2024-01-01}, B: {scheme: resident, area: "220103", from: 2025-01-01}}
  contributions: {A: [{from: 2026-01, to: 2026-12}], B: [{from: 2026-01, to: 2026-12}]}
  residence: {household: "510104"}
  ask: A
  turn: later
  but: {enrollments: {A: {scheme: resident, area: "220102", from: 2025-03-01}, B: {scheme: resident, area: "220103", from: 2025-01-01}}}
  then: {A: retain, B: terminate}

- id: same-date-is-a-tie
  person: {born: 1985-03-02, sex: 1, name: 张建国, id: "220102"}
  enrollments: {A: {scheme: resident, area: "220102", from: 2024-01-01}, B: {scheme: resident, area: "220103", from: 2025-01-01}}
  contributions: {A: [{from: 2026-01, to: 2026-12}], B: [{from: 2026-01, to: 2026-12}]}
  residence: {household: "510104"}
  ask: A
  turn: later
  but: {enrollments: {A: {scheme: resident, area: "220102", from: 2025-01-01}, B: {scheme: resident, area: "220103", from: 2025-01-01}}}
  then: {A: review, B: review}

- id: tie-broken-by-evidence
  person: {born: 1985-03-02, sex: 1, name: 张建国, id: "220102"}
  enrollments: {A: {scheme: resident, area: "220102", from: 2024-01-01}, B: {scheme: resident, area: "510104", from: 2026-01-01}}
  contributions: {A: [{from: 2026-01, to: 2026-12}], B: [{from: 2026-01, to: 2026-12}]}
  ask: A
  turn: tie_break
  but: {residence: {household: "220102"}}
  then: {A: retain, B: terminate}

- id: more-months
  person: {born: 1990-03-07, sex: 2, name: 李娜, id: "440103"}
  enrollments: {A: {scheme: employee, area: "440103", from: 2025-10-01, emp_mgt_type: "01"}, B: {scheme: resident, area: "220102", from: 2026-01-01}}
  contributions: {A: [{from: 2026-06, to: 2026-11}], B: [{from: 2026-01, to: 2026-12}]}
  ask: B
  turn: more_months
  but: {contributions: {A: [{from: 2025-12, to: 2026-11}], B: [{from: 2026-01, to: 2026-12}]}}
  then: {A: retain, B: terminate}

- id: one-month-short-of-enough
  person: {born: 1990-03-07, sex: 2, name: 李娜, id: "440103"}
  enrollments: {A: {scheme: employee, area: "440103", from: 2025-10-01, emp_mgt_type: "01"}, B: {scheme: resident, area: "220102", from: 2026-01-01}}
  contributions: {A: [{from: 2026-06, to: 2026-11}], B: [{from: 2026-01, to: 2026-12}]}
  ask: B
  turn: more_months
  but: {contributions: {A: [{from: 2026-01, to: 2026-11}], B: [{from: 2026-01, to: 2026-12}]}}
  then: {A: retain, B: suspend}

- id: fewer-months
  person: {born: 1990-03-07, sex: 2, name: 李娜, id: "440103"}
  enrollments: {A: {scheme: employee, area: "440103", from: 2024-12-01, emp_mgt_type: "01"}, B: {scheme: resident, area: "220102", from: 2026-01-01}}
  contributions: {A: [{from: 2024-12, to: 2026-11}], B: [{from: 2026-01, to: 2026-12}]}
  ask: B
  turn: fewer_months
  but: {contributions: {A: [{from: 2026-01, to: 2026-11}], B: [{from: 2026-01, to: 2026-12}]}}
  then: {A: retain, B: suspend}

- id: the-employee-one-stays-either-way
  person: {born: 1990-03-07, sex: 2, name: 李娜, id: "440103"}
  enrollments: {A: {scheme: employee, area: "440103", from: 2024-12-01, emp_mgt_type: "01"}, B: {scheme: resident, area: "220102", from: 2026-01-01}}
  contributions: {A: [{from: 2024-12, to: 2026-11}], B: [{from: 2026-01, to: 2026-12}]}
  ask: A
  turn: scheme_stays
  but: {contributions: {A: [{from: 2026-10, to: 2026-11}], B: [{from: 2026-01, to: 2026-12}]}}
  then: {A: retain, B: suspend}

- id: flexible-is-suspended-at-most
  person: {born: 1990-03-07, sex: 2, name: 李娜, id: "440103"}
  enrollments: {A: {scheme: employee, area: "440103", from: 2025-12-01, emp_mgt_type: "01"}, B: {scheme: resident, area: "220102", from: 2025-01-01}}
  contributions: {A: [{from: 2025-12, to: 2026-11}], B: [{from: 2026-01, to: 2026-12}]}
  ask: B
  turn: if_flexible
  but: {enrollments: {A: {scheme: employee, area: "440103", from: 2025-12-01, psn_type: "1103", emp_mgt_type: "02"}, B: {scheme: resident, area: "220102", from: 2025-01-01}}}
  then: {A: retain, B: suspend}

- id: employed-after-all
  person: {born: 1988-01-15, sex: 1, name: 陈强, id: "220102"}
  enrollments: {A: {scheme: employee, area: "220102", from: 2025-01-01, psn_type: "1103", emp_mgt_type: "02"}, B: {scheme: resident, area: "220102", from: 2024-01-01}}
  contributions: {A: [{from: 2025-01, to: 2026-11, employer: false}], B: [{from: 2026-01, to: 2026-12}]}
  ask: B
  turn: if_employed
  but:
    enrollments: {A: {scheme: employee, area: "220102", from: 2025-01-01, emp_mgt_type: "01"}, B: {scheme: resident, area: "220102", from: 2024-01-01}}
    contributions: {A: [{from: 2025-01, to: 2026-11}], B: [{from: 2026-01, to: 2026-12}]}
  then: {A: retain, B: terminate}

- id: the-later-of-two-schemes
  person: {born: 1988-01-15, sex: 1, name: 陈强, id: "220102"}
  enrollments: {A: {scheme: employee, area: "220102", from: 2025-01-01, psn_type: "1103", emp_mgt_type: "02"}, B: {scheme: resident, area: "220102", from: 2024-01-01}}
  contributions: {A: [{from: 2025-01, to: 2026-11, employer: false}], B: [{from: 2026-01, to: 2026-12}]}
  ask: A
  turn: rival_later
  but: {enrollments: {A: {scheme: employee, area: "220102", from: 2025-01-01, psn_type: "1103", emp_mgt_type: "02"}, B: {scheme: resident, area: "220102", from: 2026-01-01}}}
  then: {A: suspend, B: retain}

- id: benefits-begun-the-later-date-decides
  person: {born: 1988-01-15, sex: 1, name: 陈强, id: "220102"}
  enrollments: {A: {scheme: employee, area: "220102", from: 2025-01-01, psn_type: "1103", emp_mgt_type: "02"}, B: {scheme: resident, area: "220102", from: 2026-03-01, benefit_from: 2026-12-01}}
  contributions: {A: [{from: 2025-01, to: 2026-11, employer: false}], B: [{from: 2026-03, to: 2026-12}]}
  ask: B
  turn: benefits_begun
  but: {enrollments: {A: {scheme: employee, area: "220102", from: 2025-01-01, psn_type: "1103", emp_mgt_type: "02"}, B: {scheme: resident, area: "220102", from: 2026-03-01, benefit_from: 2026-03-01}}}
  then: {A: suspend, B: retain}

- id: several-residents-with-benefits-are-tied
  person: {born: 1988-01-15, sex: 1, name: 陈强, id: "220102"}
  enrollments: {A: {scheme: employee, area: "220102", from: 2025-01-01, psn_type: "1103", emp_mgt_type: "02"}, B: {scheme: resident, area: "220102", from: 2026-03-01, benefit_from: 2026-12-01}, C: {scheme: resident, area: "510104", from: 2026-03-01, benefit_from: 2026-12-01}}
  contributions: {A: [{from: 2025-01, to: 2026-11, employer: false}], B: [{from: 2026-03, to: 2026-12}], C: [{from: 2026-03, to: 2026-12}]}
  ask: B
  turn: benefits_begun_tied
  but: {enrollments: {A: {scheme: employee, area: "220102", from: 2025-01-01, psn_type: "1103", emp_mgt_type: "02"}, B: {scheme: resident, area: "220102", from: 2026-03-01}, C: {scheme: resident, area: "510104", from: 2026-03-01, benefit_from: 2026-12-01}}}
  then: {A: review, B: review, C: review}

- id: the-wait-ends
  person: {born: 1990-03-07, sex: 2, name: 李娜, id: "440103"}
  enrollments: {A: {scheme: employee, area: "440103", from: 2026-10-01, benefit_from: 2027-01-01, emp_mgt_type: "01"}, B: {scheme: resident, area: "220102", from: 2026-01-01}}
  contributions: {A: [{from: 2026-10, to: 2026-12}], B: [{from: 2026-01, to: 2027-12}]}
  ask: B
  turn: wait_over
  but: {day: 2027-01-01}
  then: {A: retain, B: suspend}

- id: the-year-of-entry-ends
  person: {born: 2008-03-07, sex: 2, name: 李娜, id: "440103"}
  enrollments: {A: {scheme: resident, area: "220102", from: 2026-09-01}, B: {scheme: resident, area: "510104", from: 2024-01-01}}
  contributions: {A: [{from: 2026-09, to: 2027-12}], B: [{from: 2026-01, to: 2027-12}]}
  residence: {household: "510104"}
  student: {school_area: "220102", stage: tertiary, from: 2026-09-01, to: 2030-07-01}
  ask: B
  turn: year_over
  but: {day: 2027-01-01}
  then: {A: retain, B: terminate}

- id: discharged
  person: {born: 1985-03-02, sex: 1, name: 张建国, id: "220102"}
  enrollments: {A: {scheme: resident, area: "220102", from: 2024-01-01}, B: {scheme: resident, area: "510104", from: 2026-01-01}}
  contributions: {A: [{from: 2026-01, to: 2026-12}], B: [{from: 2026-01, to: 2026-12}]}
  residence: {household: "220102"}
  inpatient: {enrollment: B, from: 2026-11-10}
  ask: B
  turn: discharge
  but: {inpatient: {enrollment: B, from: 2026-11-10, to: 2026-11-20}}
  then: {A: retain, B: terminate}

- id: covered-after-all
  person: {born: 1985-03-02, sex: 1, name: 张建国, id: "220102"}
  enrollments: {A: {scheme: resident, area: "220102", from: 2024-01-01}, B: {scheme: resident, area: "510104", from: 2026-01-01}}
  contributions: {A: [{from: 2026-01, to: 2026-12}], B: [{from: 2026-01, to: 2027-12}]}
  residence: {household: "220102"}
  ask: B
  turn: covered
  but: {contributions: {A: [{from: 2026-01, to: 2027-12}], B: [{from: 2026-01, to: 2027-12}]}}
  then: {A: retain, B: terminate}

- id: a-retirement-is-not-weighed
  person: {born: 1960-03-02, sex: 1, name: 张建国, id: "220102"}
  enrollments: {A: {scheme: employee, area: "220102", from: 2015-01-01, retired: true, psn_type: "1201"}, B: {scheme: employee, area: "510104", from: 2025-01-01, emp_mgt_type: "01"}}
  contributions: {B: [{from: 2025-01, to: 2026-11}]}
  ask: A
  turn: retirement_tie
  but: {contributions: {B: [{from: 2024-01, to: 2026-11}]}}
  then: {A: review, B: review}

- id: the-death-was-not
  person: {born: 1940-03-02, sex: 1, name: 张建国, id: "220102"}
  enrollments: {A: {scheme: resident, area: "220102", from: 2024-01-01}, B: {scheme: resident, area: "510104", from: 2026-01-01}}
  contributions: {A: [{from: 2026-01, to: 2026-12}], B: [{from: 2026-01, to: 2026-12}]}
  residence: {household: "220102"}
  death: {date: 2026-11-01}
  ask: A
  turn: report_withdrawn
  but: {death: []}
  then: {A: retain, B: terminate}

- id: the-sources-of-a-death-agree
  person: {born: 1940-03-02, sex: 1, name: 张建国, id: "220102"}
  enrollments: {A: {scheme: resident, area: "220102", from: 2024-01-01}}
  contributions: {A: [{from: 2026-01, to: 2026-12}]}
  residence: {household: "220102"}
  death: [{date: 2026-11-01}, {date: 2026-09-01, source: 卫健}]
  ask: A
  turn: sources_agree
  but: {death: [{date: 2026-11-01}, {date: 2026-10-02, source: 卫健}]}
  then: {A: terminate}

- id: the-dead-has-the-right-name
  person: {born: 1940-03-02, sex: 1, name: 张建国, id: "220102"}
  enrollments: {A: {scheme: resident, area: "220102", from: 2024-01-01}}
  contributions: {A: [{from: 2026-01, to: 2026-12}]}
  residence: {household: "220102"}
  death: {date: 2026-11-01, name: 王秀英}
  ask: A
  turn: name_agrees
  but: {death: {date: 2026-11-01, name: 张建国}}
  then: {A: terminate}

- id: who-it-is-was-settled
  person: {born: 1985-03-02, sex: 1, name: 张建国, id: "220102"}
  enrollments: {A: {scheme: resident, area: "220102", from: 2024-01-01}, B: {scheme: resident, area: "510104", from: 2026-01-01, name: 王秀英}}
  contributions: {A: [{from: 2026-01, to: 2026-12}], B: [{from: 2026-01, to: 2026-12}]}
  residence: {household: "220102"}
  ask: A
  turn: identity_settled
  but: {enrollments: {A: {scheme: resident, area: "220102", from: 2024-01-01}, B: {scheme: resident, area: "510104", from: 2026-01-01}}}
  then: {A: retain, B: terminate}

- id: over-but-were-it-not
  person: {born: 1985-03-02, sex: 1, name: 张建国, id: "220102"}
  enrollments: {A: {scheme: resident, area: "220102", from: 2024-01-01}, B: {scheme: resident, area: "510104", from: 2026-01-01}}
  contributions: {A: [{from: 2026-01, to: 2026-12}], B: [{from: 2026-01, to: 2026-06}]}
  residence: {household: "220102"}
  ask: B
  turn: over
  but: {contributions: {A: [{from: 2026-01, to: 2026-12}], B: [{from: 2026-01, to: 2026-12}]}}
  then: {A: retain, B: terminate}

- id: the-person-may-choose
  policy: guangdong
  person: {born: 1985-03-02, sex: 1, name: 张建国, id: "220102"}
  enrollments: {A: {scheme: resident, area: "220102", from: 2024-01-01}, B: {scheme: resident, area: "510104", from: 2026-01-01}}
  contributions: {A: [{from: 2026-01, to: 2026-12}], B: [{from: 2026-01, to: 2026-12}]}
  residence: {household: "220102"}
  ask: B
  turn: choose
  but: {feedback: [{enrollment: A, chosen: B, "decided": 2026-11-10}]}
  then: {A: terminate, B: retain}

- id: the-other-was-chosen
  policy: guangdong
  person: {born: 1985-03-02, sex: 1, name: 张建国, id: "220102"}
  enrollments: {A: {scheme: resident, area: "220102", from: 2024-01-01}, B: {scheme: resident, area: "510104", from: 2026-01-01}}
  contributions: {A: [{from: 2026-01, to: 2026-12}], B: [{from: 2026-01, to: 2026-12}]}
  residence: {household: "220102"}
  feedback: [{enrollment: A, chosen: B, "decided": 2026-11-10}]
  ask: A
  turn: chosen
  but: {feedback: [{enrollment: A, chosen: A, "decided": 2026-11-10}]}
  then: {A: retain, B: terminate}

- id: this-one-was-chosen
  policy: guangdong
  person: {born: 1990-03-07, sex: 2, name: 李娜, id: "440103"}
  enrollments: {A: {scheme: employee, area: "440103", from: 2024-12-01, emp_mgt_type: "01"}, B: {scheme: resident, area: "220102", from: 2026-01-01}}
  contributions: {A: [{from: 2024-12, to: 2026-11}], B: [{from: 2026-01, to: 2026-12}]}
  feedback: [{enrollment: A, chosen: B, "decided": 2026-11-10}]
  ask: B
  turn: chosen_instead
  but: {feedback: [{enrollment: A, chosen: A, "decided": 2026-11-10}]}
  then: {A: retain, B: terminate}

- id: two-choices-of-one-day
  policy: guangdong
  person: {born: 1985-03-02, sex: 1, name: 张建国, id: "220102"}
  enrollments: {A: {scheme: resident, area: "220102", from: 2024-01-01}, B: {scheme: resident, area: "510104", from: 2026-01-01}}
  contributions: {A: [{from: 2026-01, to: 2026-12}], B: [{from: 2026-01, to: 2026-12}]}
  residence: {household: "220102"}
  feedback: [{enrollment: A, chosen: A, "decided": 2026-11-10}, {enrollment: B, chosen: B, "decided": 2026-11-10}]
  ask: A
  turn: conflict
  but: {feedback: [{enrollment: A, chosen: A, "decided": 2026-11-10}]}
  then: {A: retain, B: terminate}
""")
IDS = [case["id"] for case in CASES]


def person_of(case: dict, numbers: Numbers):
    return scenario_of({"says": "", "expect": {}, **case}, numbers).person


def policy_of(asked: str) -> str:
    """The policy under which the case of an enrollment is decided."""
    return next(case for case in CASES if case["id"] == asked.rpartition(".")[0]).get("policy", "national")


@pytest.fixture(scope="module")
def decided(tmp_path_factory, night, once):
    """policy id -> the warehouse with one night of its cases."""

    def decide_under(policy_id: str) -> Path:
        root, numbers = tmp_path_factory.mktemp("claims"), Numbers()
        people = [person_of(case, numbers) for case in CASES if case.get("policy", "national") == policy_id]
        inbox = write_inbox(root / "inbox", [*people, *filler_people(200, AS_OF)], AS_OF)
        ran = night(inbox, root / "warehouse", "--accept", "overlap_share", "--policy", policy_id)
        assert ran.status == PUBLISHED, ran.err
        return root / "warehouse"

    return once(decide_under)


@pytest.fixture(scope="module")
def told(decided, once):
    """enrollment id -> what the night published of its person"""
    return once(lambda asked: read_publication(asked, decided(policy_of(asked)), None))


def decision_of(told, enrollment_id: str) -> tuple[dict, list[dict]]:
    """The earliest decision of an enrollment, and those of its overlap."""
    starts = {o["overlap_id"]: o["starts_on"] for o in told.overlaps}
    own = min((d for d in told.decisions if d["enrollment_id"] == enrollment_id), key=lambda d: starts.get(d["overlap_id"], date.min))
    return own, [d for d in told.decisions if d["overlap_id"] == own["overlap_id"]]


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_the_explanation_names_the_turning_point(told, case):
    asked = f"{case['id']}.{case['ask']}"
    own, members = decision_of(told(asked), asked)
    turns = turns_of(own, members, policy.load(policy_of(asked), AS_OF))
    assert case["turn"] in [t.key for t in turns]


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_the_reference_comes_to_the_outcome_that_was_named(case):
    changes = {name: value for name, value in case["but"].items() if name != "day"}
    outcome = decide(person_of(case | changes, Numbers()), POLICIES[case.get("policy", "national")], case["but"].get("day", AS_OF))
    found = {e.rpartition(".")[2]: row.action for e, row in outcome.counting.items()}
    assert {letter: found[letter] for letter in case["then"]} == case["then"]


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_the_change_is_one(told, case):
    """The case as it stands has another outcome than with what is changed, or the claim says nothing changes."""
    asked = f"{case['id']}.{case['ask']}"
    found = {d["enrollment_id"].rpartition(".")[2]: d["action"] for d in decision_of(told(asked), asked)[1]}
    nothing = case["turn"] in ("scheme_stays", "retirement_tie") or case["id"] in ("level-then-later-steps", "one-month-short-of-enough")
    same = {letter: found[letter] for letter in case["then"] if letter in found}
    assert (same == case["then"]) == nothing or case["turn"] == "scheme_stays"


def test_what_is_named_carries_the_figures_that_the_claim_rests_on(told):
    rules = policy.load("national", AS_OF)

    def turn(label: str, letter: str, key: str) -> dict:
        own, members = decision_of(told(f"{label}.{letter}"), f"{label}.{letter}")
        return dict(next(t.of for t in turns_of(own, members, rules) if t.key == key))

    months = turn("more-months", "B", "more_months")
    assert months == {"found": 6, "limit": 12, "short": 6, "rule": "cross_scheme_one_year", "action": "terminate"}
    assert turn("fewer-months", "B", "fewer_months")["found"] == 24
    assert turn("later-date-leads", "A", "later") == {"own": "2024-01-01", "theirs": "2025-01-01", "leaders": ["later-date-leads.B"]}
    assert turn("covered-after-all", "B", "covered") == {"action": "terminate", "day": "2027-01-01"}
    assert turn("discharged", "B", "discharge") == {"action": "terminate"}
    assert turn("the-wait-ends", "B", "wait_over") == {"day": date(2027, 1, 1)}
    assert turn("ahead-alone", "B", "also_true")["facts"] == ("usual_county", "newest_in_pool")
    assert turn("ahead-alone", "B", "alone_true")["leaders"] == ["ahead-alone.A"]
    assert turn("the-sources-of-a-death-agree", "A", "sources_agree") == {"days": 30, "action": "terminate"}
    assert turn("the-later-of-two-schemes", "A", "rival_later")["others"] == ["the-later-of-two-schemes.B"]


def test_the_ladder_of_a_choice_names_the_step_and_sets_the_others_aside(told):
    rules = policy.load("guangdong", AS_OF).rules

    def fates(label: str, letter: str) -> list[tuple]:
        own, members = decision_of(told(f"{label}.{letter}"), f"{label}.{letter}")
        return [(s.fact, s.fate, *s.members) for s in ladder.steps(rules[own["rule_id"]], members)]

    assert fates("the-other-was-chosen", "A")[0] == ("person_choice", "decided", "the-other-was-chosen.A")
    assert fates("this-one-was-chosen", "B")[0] == ("person_choice", "decided", "this-one-was-chosen.A")
    assert fates("the-person-may-choose", "B")[:2] == [("person_choice", "same"), ("usual_residence", "decided", "the-person-may-choose.B")]
    assert {fate for _, fate in fates("two-choices-of-one-day", "A")} == {"contradicted"}


def test_what_a_choice_decided_names_no_months_and_no_places(told):
    rules = policy.load("guangdong", AS_OF)
    for asked in ("this-one-was-chosen.B", "this-one-was-chosen.A", "the-other-was-chosen.A", "two-choices-of-one-day.B"):
        own, members = decision_of(told(asked), asked)
        keys = {t.key for t in turns_of(own, members, rules)}
        assert keys <= {"chosen", "chosen_instead", "conflict", "missing", "resumes"} and keys, asked


def test_a_flexible_worker_against_tied_residents_is_tied_and_dates_are_set_aside():
    members = [{"enrollment_id": e, "scheme": s, "rule_id": r, "deciding_fact": None, "action": "review", "would_be": None, "missing": [], "conflict": []}
               for e, s, r in (("A", "employee", "cross_scheme_flexible"), ("B", "resident", "resident_usual_residence"), ("C", "resident", "resident_usual_residence"))]  # fmt: skip
    rule = policy.load("national", AS_OF).rules["cross_scheme_flexible"]
    assert [s.fate for s in ladder.steps(rule, members)] == ["tied", "tied_side"]
