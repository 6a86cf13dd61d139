"""Judges a changed SELECT: nights over prepared rows against the reference, and the words beside a decision.

What is asked here is what tests ask: test_scenarios, test_reference, test_parameters and test_evidence. The
order is such that most mutants meet their end in the first night.
"""

import hashlib
import re
import shutil
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import prepared
import test_evidence
import test_parameters
from inbox import AS_OF, Numbers, load_scenarios, write_inbox
from prepared import Prepared, decide_again, prepare, publish_again
from reference import POLICIES, decide, policy_on
from reference.observed import BY_PERSON, DATASETS, from_reference
from reference.random_people import random_people

import policy
from docs.register import reads

SECONDS = 60
RANDOM = 800
#: Parameters that reach SQL in the columns of the table rule.
BY_RULE = ("under_one_year_action", "deduct_under_one_year", "choice_decides")
#: What a parameter decides in tables of other names than its own.
BY_TABLE = {"suspended_deregistrations": r"\b(deregistered|suspended_while_away|person_ruling)\b"}
#: These say that a mutant is no SELECT any more: nothing has been tested, so it does not count.
NOT_A_SELECT = (duckdb.BinderException, duckdb.ParserException, duckdb.CatalogException, KeyError)
NEW_YEAR = date(2027, 1, 1)


class OfAnotherPlace(Numbers):
    """Numbers that no case has, so that all can share a night."""

    def next(self, area: str, born: date, sex: str) -> str:
        return super().next("229999", born, sex)


Question = Callable[[Mapping[str, str]], bool]


class Judge:
    """Everything that is compared, made once."""

    def __init__(self, folder: Path):
        shutil.rmtree(folder, ignore_errors=True)
        cases = [case.person for case in load_scenarios() if case.as_of == AS_OF]
        people = cases + random_people(RANDOM, 20261122, OfAnotherPlace())
        now = prepare(write_inbox(folder / "now-in", people, AS_OF), AS_OF, folder / "now")
        later_people = random_people(RANDOM // 2, seed=2)
        later = prepare(write_inbox(folder / "later-in", later_people, NEW_YEAR), NEW_YEAR, folder / "later")
        self.always: list[Question] = [
            _same(now, people, policy.load(name, AS_OF), POLICIES[name]) for name in ("guangdong", "jilin", "fujian")
        ]
        self.always += [_same(later, later_people, policy.load("jilin", NEW_YEAR), policy_on("jilin", NEW_YEAR)), _words(folder / "words")]
        self.by_parameter = {change: _changed(change, now, people) for change in test_parameters.CHANGES}
        if not all(same({}) for same in (*self.always, *self.by_parameter.values())):
            raise RuntimeError("the sound text does not say what the reference says: every change of it would count as noticed")

    def questions(self, text: str) -> list[Question]:
        """What is asked of a change to the file: what some parameter changes, only where the file reads it."""
        asked = list(self.always)
        for change, (_, values, _) in test_parameters.CHANGES.items():
            tables = [BY_TABLE[name] for name in values if name in BY_TABLE] + [r"\brule\b"] * any(name in BY_RULE for name in values)
            if any(reads(text, name) for name in values) or any(re.search(table, text) for table in tables):
                asked.append(self.by_parameter[change])
        return asked

    def verdict(self, file: str, text: str) -> str:
        """`killed`, `survived`, `no select`, or `too long`: of the .sql file (`room/table.sql`) with that text."""
        for same in self.questions(text):
            told = _within(SECONDS, lambda same=same: same({file: text}))
            if told != "survived":
                return told
        return "survived"


def _same(read: Prepared, people: list, rules: policy.Policy, reference, names: tuple = (*DATASETS, *BY_PERSON)) -> Question:
    expected = from_reference([decide(person, reference, read.as_of) for person in people])

    def same(texts: Mapping[str, str]) -> bool:
        observed = decide_again(read, rules, texts)
        return all(getattr(observed, name) == getattr(expected, name) for name in names)

    return same


def _changed(change: str, read: Prepared, people: list) -> Question:
    policy_id, values, others = test_parameters.CHANGES[change]
    given = {name: value for name, value in (values | others).items() if value is not None}
    # who is in question was asked with the look-back of the policy as it is, and says of whom the others speak
    return _same(read, people, test_parameters.with_values(policy_id, values), replace(POLICIES[policy_id], **given), DATASETS)


def _words(folder: Path) -> Question:
    """The words and the evidence of test_evidence, and the ids of overlaps of test_reference."""
    people = [test_evidence.BY_ID[case].person for case in test_evidence.EXPECTED]
    read = prepare(write_inbox(folder / "in", people, AS_OF), AS_OF, folder / "read")
    policies = sorted({test_evidence.told_under(case) for case in test_evidence.EXPECTED})

    def same(texts: Mapping[str, str]) -> bool:
        published = {
            under: publish_again(read, test_evidence.rules_of(*under), (*test_evidence.NAMES, "overlaps"), texts) for under in policies
        }
        told = (
            test_evidence.told_of(case, published[test_evidence.told_under(case)]) == said for case, said in test_evidence.EXPECTED.items()
        )
        return all(told) and all(_named(row) for row in published["national", ()]["overlaps"].iter_rows(named=True))

    return same


def _named(row: Mapping) -> bool:
    """overlap_id is that of person, members and start, as test_reference has it."""
    text = f"{row['person_id']}|{','.join(row['enrollment_ids'])}|{row['starts_on'].isoformat()}"
    return row["overlap_id"] == hashlib.sha256(text.encode()).hexdigest()[:32]


def _within(seconds: int, ask: Callable[[], bool]) -> str:
    timer = threading.Timer(seconds, lambda: prepared.LAST and prepared.LAST[0].connection.interrupt())
    timer.start()
    try:
        return "survived" if ask() else "killed"
    except NOT_A_SELECT:
        return "no select"
    except duckdb.InterruptException:
        return "too long"
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # a library may panic over a date that no calendar has
        return "killed"
    finally:
        timer.cancel()
