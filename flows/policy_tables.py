"""The engine of a night: its parameters, the policy as small tables that SQL can join, and the keyed hash."""

from datetime import date
from pathlib import Path

import pyarrow as pa

from flows.settings import Settings
from flows.waiting import waiting_tables
from policy import Policy
from policy.vocabulary import LEVELS
from transforms.engine import Engine
from transforms.identifiers import KINDS

#: Monthly changes over forty years are fewer, and nobody holds so many covers at one time; docs/decisions/0082-crowded-identifiers.md.
MOST_ROWS_OF_A_PERSON, MOST_ENROLLMENTS_AT_ONCE = 500, 50
LADDER_FACTS = ("person_choice", "school_place", "usual_residence", "usual_county", "employer_paid", "employment_place", "newest_in_pool")


def open_engine(settings: Settings, rules: Policy, key: bytes, work: Path) -> Engine:
    """An engine with the night's parameters, the policy as small tables, and the keyed hash."""
    spill = work / "spill"
    spill.mkdir()
    engine = Engine(spill, settings.of_engine(settings.processes), settings.threads, parameters_of(settings, rules))
    engine.secret(key)
    put_in_force(engine, settings, rules)
    return engine


def parameters_of(settings: Settings, rules: Policy) -> dict[str, object]:
    """What any .sql file may name as ``$name``: the parameters of the policy that are one value, the days of the night, and clauses."""
    return {k: v for k, v in rules.parameters.items() if isinstance(v, (bool, int, str))} | {
        "as_of": settings.as_of,
        "lookback_start": lookback_start(settings, rules),
        "policy_id": rules.policy_id,
        "policy_version": rules.version,
        "deduction_clause": "33号 二(六)",
        "refund_clause": "33号 二(五)",
        "continuity_clause": "33号 二(三)",
        "mutual_aid_clause": "国办发〔2024〕38号 个人账户共济",
        "late_enrollment_clause": "国办发〔2024〕38号",
        "most_rows_of_a_person": MOST_ROWS_OF_A_PERSON,
        "most_enrollments_at_once": MOST_ENROLLMENTS_AT_ONCE,
    }


def put_in_force(engine: Engine, settings: Settings, rules: Policy) -> None:
    """The policy as small tables, in place of those of any other; money and windows of the years from the look-back on."""
    years = list(range(lookback_start(settings, rules).year, settings.as_of.year + 1))
    for name, table in (policy_tables(rules, years) | waiting_tables(rules, years)).items():
        engine.register(name, table)


def lookback_start(settings: Settings, rules: Policy) -> date:
    """The first day of the look-back: 1 January, lookback_years before the as-of date's year (rules 1.2)."""
    return date(settings.as_of.year - rules.parameters["lookback_years"], 1, 1)


def policy_tables(rules: Policy, years: list[int]) -> dict[str, pa.Table]:
    """The policy as tables that SQL can join."""
    provinces = [f"{n:02d}" for n in range(100)]
    rungs = [(r.rule_id, fact, 1 << (len(r.rungs) - place)) for r in rules.rules.values() for place, fact in enumerate(r.rungs)]
    weight = {(rule, fact): w for rule, fact, w in rungs}
    return {
        "pooling": pa.table({"province": provinces, "pool_digits": [rules.pooling_level(p + "0000") for p in provinces]}),
        "flexible_type": pa.table({"code": pa.array(rules.parameters["flexible_emp_mgt_types"], pa.string())}),
        "suspended_reason": pa.table({"code": pa.array(rules.parameters["suspended_deregistrations"], pa.string())}),
        "rule": pa.Table.from_pylist([
            {"rule_id": r.rule_id, "action": r.action, "deducts": r.deducts, "choice_first": r.choice_first}
            for r in rules.rules.values()
        ]),
        "rung": pa.Table.from_pylist([{"rule_id": r, "fact": f, "weight": w} for r, f, w in rungs]),
        "ladder": pa.Table.from_pylist([
            {"rule_id": r} | {f"w_{f}": weight.get((r, f), 0) for f in LADDER_FACTS} for r in rules.rules
        ]),
        "standard": pa.Table.from_pylist(
            [{"code": code, "fiscal_year": year, "amount": amount} for code, year, amount in rules.standards(years)],
            schema=pa.schema([("code", pa.string()), ("fiscal_year", pa.int64()), ("amount", pa.decimal128(12, 2))]),
        ),
        "sharing": pa.Table.from_pylist([
            {"code": c, "fiscal_year": y, "level": level, "place": LEVELS.index(level), "basis_points": int(share * 100)}
            for c, y, level, share in rules.sharing(years)
        ]),
        "kind": pa.table({"id_kind": list(range(len(KINDS))), "kind": list(KINDS)}),
    }  # fmt: skip
