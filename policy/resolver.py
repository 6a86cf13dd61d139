"""Which value is in force on a day, for a province: the one way in which the rest of the pipeline sees policy.

A value asked for has one of three outcomes:
- in force: the latest entry that does not start after the day;
- not yet: the day is before the first entry, a FileError that names file, key and day;
- ended: an entry with `value: null` holds. A parameter is then ENDED, a rule is no longer among the rules.
A province's own entry goes first; where it has none in force on the day (none, not yet, or ended) the nation's holds.
Both are said: `Policy.origins` has `own` or `inherited` for every rule and parameter.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

from contracts.strict_yaml import FileError
from policy import vocabulary as known
from policy.errors import UnknownPolicy
from policy.files import ROOT, read_tree
from policy.model import ByParameter, Entry, PolicyFile, Reference, Series, Tree


class _Ended(Enum):
    ENDED = "ended"

    def __bool__(self) -> bool:
        raise TypeError("an ended policy value has no truth: ask `is policy.ENDED`")


ENDED = _Ended.ENDED
Value = int | bool | str | tuple[str, ...] | dict[str, int]


@dataclass(frozen=True)
class Rule:
    """One rule as it holds on the day: the ladder that finds the leaders, what becomes of the others, and whether the
    person's own choice among them comes before the ladder."""

    rule_id: str
    clause: str
    clause_zh: str
    ladder: tuple[str, ...]
    action: str
    deducts: bool
    choice_first: bool
    title_zh: str
    title_en: str
    summary_zh: str
    summary_en: str
    reference: Reference

    @property
    def rungs(self) -> tuple[str, ...]:
        """The facts that are weighed, one after another: where the person's choice comes first, it is the first of them."""
        return ("person_choice", *self.ladder) if self.choice_first else self.ladder


@dataclass(frozen=True)
class Policy:
    """Everything the rules say for one province on one day."""

    policy_id: str
    as_of: date
    version: str
    name_zh: str
    name_en: str
    province: str | None
    files: tuple[str, ...]
    parameters: dict[str, Value]
    rules: dict[str, Rule]
    origins: dict[str, str]
    _layers: tuple[PolicyFile, ...] = field(repr=False)

    def standards(self, years: Iterable[int]) -> list[tuple[str, int, Decimal]]:
        """(area code, fiscal year, yuan a head and year), ordered; the code is 'nation' or 2, 4 or 6 digits.

        Of several codes that hold for an enrollment the longest counts: county, pool or city, province, nation.
        """
        rows = []
        for year in sorted(set(years)):
            table = [layer.standards for layer in self._layers]
            rows += [(code, year, amount) for code, amount in _money(table, year, (known.NATION,))]
        return sorted(rows)

    def sharing(self, years: Iterable[int]) -> list[tuple[str, int, str, Decimal]]:
        """(area code, fiscal year, level, percent), the levels of a code and year adding up to 100, the highest first.

        Of several codes that hold for an enrollment the longest counts.
        """
        rows = []
        for year in sorted(set(years)):
            table = [layer.sharing for layer in self._layers]
            for code, shares in _money(table, year, known.PROVINCES):
                rows += [(code, year, level, share) for level, share in shares.items()]
        return sorted(rows, key=lambda row: (row[0], row[1], known.LEVELS.index(row[2])))

    def pooling_level(self, area_code: str) -> int:
        """How many digits of an area code make a pool in the province of that area."""
        levels = self.parameters["pooling_level"]
        return levels.get(area_code[:2], levels["default"])

    def history(self, names: Iterable[str]) -> list[tuple[date, dict[str, Value]]]:
        """(first day, value by name) for each stretch in which none of the parameters changes, ascending.

        A stretch lasts until the next one, the last one goes on. Before the first there is no policy.
        """
        names = tuple(names)
        tables = [layer.parameters for layer in self._layers]
        starts = {entry.start for table in tables for name in names if name in table for entry in table[name].entries}
        first = max(tables[-1][name].entries[0].start for name in names)
        days = sorted(day for day in starts | {first} if day >= first)
        told = [(day, {name: _parameter(name, self._layers, day, {}) for name in names}) for day in days]
        return [stretch for i, stretch in enumerate(told) if i == 0 or stretch[1] != told[i - 1][1]]

    def __str__(self) -> str:
        own = [name for name, origin in self.origins.items() if origin == "own"]
        lines = [f"{self.policy_id} ({self.name_zh}) as of {self.as_of}, version {self.version}"]
        lines += [f"  {name} = {value}{' (own)' if name in own else ''}" for name, value in self.parameters.items()]
        for rule_id, rule in self.rules.items():
            ladder = " > ".join(rule.ladder) or "-"
            lines.append(f"  {rule_id} [{rule.clause}] {ladder}: {rule.action}{' (own)' if rule_id in own else ''}")
        return "\n".join(lines)


def load(policy_id: str, as_of: date, root: Path = ROOT) -> Policy:
    """The policy of that id as in force on `as_of`; FileError where a file is unfit, UnknownPolicy for the id."""
    return resolve(read_tree(root), policy_id, as_of)


def resolve(tree: Tree, policy_id: str, as_of: date) -> Policy:
    """`load` out of a tree that has been read."""
    if policy_id not in tree.policies:
        raise UnknownPolicy(policy_id, list(tree.policies))
    top = tree.policies[policy_id]
    layers = (tree.national,) if top is tree.national else (top, tree.national)
    sources = [source for layer in reversed(layers) for source in layer.sources]
    origins: dict[str, str] = {}
    parameters = {name: _parameter(name, layers, as_of, origins) for name in tree.national.parameters}
    rules = {rule_id: _rule(rule_id, layers, as_of, parameters, origins) for rule_id in tree.national.rules}
    return Policy(
        policy_id,
        as_of,
        hashlib.sha256(b"".join(raw for _, raw in sources)).hexdigest()[:12],
        top.name_zh,
        top.name_en,
        top.province,
        tuple(name for name, _ in sources),
        parameters,
        {rule_id: rule for rule_id, rule in rules.items() if rule is not ENDED},
        origins,
        layers,
    )


def _not_yet(series: Series, point: Any) -> FileError:
    first = series.entries[0].start
    return FileError(
        series.file,
        series.key,
        f"not yet in force on {point}: its first entry is of {first}",
        f"Ask for {first} or later, or add an earlier entry with its reference",
    )


def _own(name: str, table: dict[str, Series], point: Any) -> Entry | None:
    """A province's own entry, if it has one in force."""
    entry = table[name].entry_on(point) if name in table else None
    return entry if entry and entry.value is not None else None


def _national(series: Series, point: Any) -> Entry:
    if (entry := series.entry_on(point)) is None:
        raise _not_yet(series, point)
    return entry


def _parameter(name: str, layers: tuple[PolicyFile, ...], as_of: date, origins: dict[str, str]) -> Value:
    base = _national(layers[-1].parameters[name], as_of).value
    own = _own(name, layers[0].parameters, as_of) if len(layers) > 1 else None
    origins[name] = "own" if own else "inherited" if len(layers) > 1 else "own"
    if own is None:
        return ENDED if base is None else base
    if known.PARAMETERS[name].kind == "integer_by_province":
        return {**(base or {}), **own.value}
    return own.value


def _rule(
    rule_id: str,
    layers: tuple[PolicyFile, ...],
    as_of: date,
    parameters: dict[str, Value],
    origins: dict[str, str],
) -> Rule | _Ended:
    """The nation's rule with the fields that the province words differently; one that the nation ended stays so."""
    series = layers[-1].rules[rule_id]
    base = _national(series, as_of)
    own = _own(rule_id, layers[0].rules, as_of) if len(layers) > 1 else None
    origins[rule_id] = "own" if own else "inherited" if len(layers) > 1 else "own"
    if base.value is None:
        return ENDED
    fields = {**base.value, **(own.value if own else {})}
    for name, value in fields.items():
        if isinstance(value, ByParameter):
            fields[name] = parameters[value.parameter]
            if fields[name] is ENDED:
                raise FileError(
                    series.file,
                    f"{series.key}.{name}",
                    f"parameter {value.parameter!r}, which decides it, has ended on {as_of}",
                    "End the rule too, or give the rule a value of its own",
                )
    return Rule(rule_id=rule_id, reference=(own or base).reference, **fields)


def _money(tables: list[dict[str, Series]], year: int, needed: tuple[str, ...]) -> list[tuple[str, Any]]:
    """(area, value in force in that fiscal year). An area without one falls back on the wider area, so it has no row;
    only the widest areas, which have nothing to fall back on, must have one."""
    rows = []
    for code in sorted({code for table in tables for code in table}):
        for table in tables:  # the province's own first
            entry = _own(code, table, year)
            if entry:
                rows.append((code, entry.value))
                break
        else:
            if code in needed and code in tables[-1] and tables[-1][code].entry_on(year) is None:
                raise _not_yet(tables[-1][code], year)
    return rows
