"""What one entry may hold: the value of a parameter, the fields of a rule, an amount, the shares of the levels."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from contracts.strict_yaml import Node
from policy import vocabulary as known
from policy.model import ByParameter

RULE_TEXTS = ("clause", "clause_zh", "title_zh", "title_en", "summary_zh", "summary_en")
#: What a rule does. Whoever changes one of these has to word the rule, too: a title may stay, what explains decisions may not.
DOES = ("ladder", "action", "deducts", "choice_first")
WORDS = ("clause", "clause_zh", "summary_zh", "summary_en")
RULE_FIELDS = (*RULE_TEXTS, *DOES)


# ---- parameters


def parameter_value(name: str, province: str | None) -> Callable[[Node], Any]:
    """Reads a value of the parameter, as its shape in the vocabulary says."""
    shape = known.PARAMETERS[name]

    def by_province(node: Node) -> dict[str, int]:
        # the nation has a default and exceptions, a province only its own
        allowed = known.PROVINCES if province is None else (province,)
        parts = node.mapping(("default",) if province is None else (province,), allowed)
        return {area: int(part.one_of(shape.choices)) for area, part in parts.items()}

    return {
        "integer": lambda node: node.integer(shape.minimum, shape.maximum),
        "boolean": Node.boolean,
        "choice": lambda node: node.one_of(shape.choices),
        "codes": lambda node: _codes(node, shape.choices),
        "window": _window,
        "integer_by_province": by_province,
    }[shape.kind]


def _codes(node: Node, choices: tuple[str, ...]) -> tuple[str, ...]:
    codes = [item.one_of(choices, "code") for item in node.items()]
    if len(set(codes)) != len(codes):
        raise node.fail("a code stands twice", "Name each code once")
    return tuple(sorted(codes))


def _window(node: Node) -> str | tuple[str, ...]:
    """`none`, or the days of the year, as MM-DD, on which a window opens, closes and, where it is extended, ends for good.

    The last two are the first day that no longer counts. A window may run over the end of the year.
    """
    if not isinstance(node.data, dict):
        return node.one_of(("none",))
    given = node.mapping(("opens", "closes"), ("extended_to",))
    parts = {name: given[name] for name in ("opens", "closes", "extended_to") if name in given}
    days = {name: _day_of_year(part) for name, part in parts.items()}
    since_opening = [(day - days["opens"]).days % 365 for day in days.values()]
    if since_opening != sorted(set(since_opening)):
        raise node.fail("it does not open, close and end in this order within a year", "Correct the days")
    return tuple(part.text() for part in parts.values())


def _day_of_year(node: Node) -> date:
    """A day that every year has, as a date of a common year."""
    text = node.text()
    try:
        if not re.fullmatch(r"[0-9]{2}-[0-9]{2}", text):
            raise ValueError
        return date.fromisoformat(f"2001-{text}")
    except ValueError:
        raise node.fail(f"impossible day of the year {text!r}", "Write a day that every year has as MM-DD") from None


# ---- rules


def rule_value(rule_id: str, required: tuple[str, ...]) -> Callable[[Node], dict[str, Any]]:
    """Reads the fields of a rule; of a province those that it words differently."""
    shape = known.RULES[rule_id]
    readers = {
        "ladder": lambda node: _ladder(node, rule_id, shape),
        "action": lambda node: _action(node, rule_id, shape),
        "deducts": lambda node: _flag(node, "deduct_under_one_year"),
        "choice_first": lambda node: _choice_first(node, rule_id, shape),
    }

    def read(node: Node) -> dict[str, Any]:
        parts = node.mapping(required, tuple(field for field in RULE_FIELDS if field not in required))
        if not parts:
            raise node.fail("nothing is said", f"Give at least one of: {', '.join(RULE_FIELDS)}")
        changed, missing = [field for field in DOES if field in parts], [text for text in WORDS if text not in parts]
        if changed and missing:
            # the nation's words would explain, under its clause, what the province decides
            reason = f"it changes what {rule_id} does ({', '.join(changed)}), but not its words ({', '.join(missing)})"
            raise node.fail(reason, f"Give {', '.join(WORDS)} in the same entry")
        return {name: readers.get(name, Node.text)(part) for name, part in parts.items()}

    return read


def _ladder(node: Node, rule_id: str, shape: known.RuleShape) -> tuple[str, ...]:
    steps = []
    for item in node.items():
        if (fact := item.one_of(tuple(known.FACTS), "fact")) not in shape.ladder_facts:
            usable = ", ".join(shape.ladder_facts) or "none, write []"
            raise item.fail(f"fact {fact!r} cannot be a step of {rule_id}", f"Use: {usable}")
        if fact in steps:
            raise item.fail(f"fact {fact!r} stands twice", "Name each step once")
        steps.append(fact)
    if shape.ladder_facts and not steps:
        raise node.fail("an empty ladder", f"Use: {', '.join(shape.ladder_facts)}")
    return tuple(steps)


def _by_parameter(node: Node, fitting: tuple[str, ...]) -> ByParameter:
    return ByParameter(node.mapping(("parameter",))["parameter"].one_of(fitting, "parameter"))


def _action(node: Node, rule_id: str, shape: known.RuleShape) -> str | ByParameter:
    if isinstance(node.data, dict):
        decided = _by_parameter(node, tuple(name for name, parameter in known.PARAMETERS.items() if parameter.kind == "choice"))
        if not set(known.PARAMETERS[decided.parameter].choices) <= set(shape.actions):
            raise node.fail(f"parameter {decided.parameter!r} is no action of {rule_id}", "Name another parameter")
        return decided
    if (chosen := node.one_of(known.ACTIONS, "action")) not in shape.actions:
        raise node.fail(f"action {chosen!r} is not open to {rule_id}", f"Use one of: {', '.join(shape.actions)}")
    return chosen


def _flag(node: Node, parameter: str) -> bool | ByParameter:
    return _by_parameter(node, (parameter,)) if isinstance(node.data, dict) else node.boolean()


def _choice_first(node: Node, rule_id: str, shape: known.RuleShape) -> bool | ByParameter:
    if (first := _flag(node, "choice_decides")) is not False and not shape.open_to_choice:
        raise node.fail(f"{rule_id} is not open to the choice of the person", "Write false")
    return first


# ---- money


def amount(node: Node) -> Decimal:
    if not (read := node.decimal(100_000)):
        raise node.fail("a standard of 0", "Leave the entry out, or end it with null")
    return read


def shares(node: Node) -> dict[str, Decimal]:
    parts = node.mapping(optional=known.LEVELS)
    read = {level: parts[level].decimal(100) for level in known.LEVELS if level in parts}
    if sum(read.values()) != 100:
        raise node.fail(f"the shares add up to {sum(read.values())}, not 100", "Correct the percentages")
    return read
