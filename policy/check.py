"""All problems of the policy files, key by key, and what the files hold. (`policy.load` stops at the first problem.)

A file is read as far as it can be. Files are compared with each other only when each of them is sound.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from contracts.strict_yaml import FileError
from policy.coverage import read_coverage
from policy.errors import Problems
from policy.files import NATIONAL_FILES, ROOT, check_words, province_files, read_national, read_province
from policy.model import PolicyFile, Tree
from policy.resolver import ENDED, resolve


@dataclass(frozen=True)
class Summary:
    """What one policy file holds: its keys, their dated entries, the latest date of one, and how many problems it has."""

    file: str
    keys: int
    entries: int
    latest: str
    problems: int


@dataclass(frozen=True)
class Findings:
    problems: tuple[FileError, ...]
    due: tuple[str, ...]
    files: tuple[Summary, ...]


def check(root: Path = ROOT, overlay: Path | None = None, as_of: date | None = None) -> Findings:
    """Reads every file under `root`, and `overlay` in the place of its province's file. `due`: what a person should have
    looked at again by `as_of`; that is no problem, and nothing is due where no day is given."""
    problems = Problems(stop=False)
    national, provinces = None, {}
    with problems.of_one():
        national = read_national(root, problems)
    for name in province_files(root):
        with problems.of_one():
            file = read_province(root, name, problems)
            if file.policy_id in provinces:
                raise FileError(f"{root.name}/{name}", "id", f"{file.policy_id!r} is already taken", "Choose another id")
            provinces[file.policy_id] = file
    drafted = _draft(overlay, provinces, problems) if overlay else None
    if national and not problems.found:
        _together(root, national, provinces, drafted, problems)
    files = [file for file in (national, *provinces.values()) if file]
    due = sorted({line for file in files for line in _due(file, as_of)}) if as_of else []
    names = [f"{root.name}/{name}" for name in (*NATIONAL_FILES, *province_files(root), "coverage.yaml")]
    names += [f"{overlay.parent.name}/{overlay.name}"] if overlay else []
    return Findings(tuple(problems.found), tuple(due), tuple(_summary(name, files, problems) for name in names))


def _draft(overlay: Path, provinces: dict[str, PolicyFile], problems: Problems) -> str | None:
    """Puts the overlay in the place of its province's file; the id of its policy."""
    with problems.of_one():
        file = read_province(overlay.parent, overlay.name, problems)
        others = {policy_id: other for policy_id, other in provinces.items() if other.province != file.province}
        if file.policy_id in others:
            raise FileError(f"{overlay.parent.name}/{overlay.name}", "id", f"{file.policy_id!r} is already taken", "Choose another id")
        provinces.clear()
        provinces.update(others | {file.policy_id: file})
        return file.policy_id
    return None


def _together(root: Path, national: PolicyFile, provinces: dict[str, PolicyFile], drafted: str | None, problems: Problems) -> None:
    for file in provinces.values():
        with problems.of_one():
            check_words(file, national)
    with problems.of_one():
        # a draft is not in the tree yet, so coverage.yaml need not speak of it
        read_coverage(root, national, {policy_id: file for policy_id, file in provinces.items() if policy_id != drafted}, bool(drafted))
    tree = Tree(national, provinces, {})
    for policy_id, file in tree.policies.items():
        for day in _days(file, national):
            with problems.of_one():
                _decides(tree, policy_id, day)


def _days(file: PolicyFile, national: PolicyFile) -> list[date]:
    """Every day on which a rule or parameter of the policy changes, from the day on which the nation has all of them."""
    first = max(series.entries[0].start for table in (national.rules, national.parameters) for series in table.values())
    changes = {
        entry.start for one in (file, national) for table in (one.rules, one.parameters) for s in table.values() for entry in s.entries
    }
    return sorted(day for day in changes if day >= first)


def _decides(tree: Tree, policy_id: str, day: date) -> None:
    """A night of that day has every rule and parameter that the code asks for, and the money of its years."""
    loaded = resolve(tree, policy_id, day)
    for name, series in tree.national.parameters.items():
        if loaded.parameters[name] is ENDED:
            raise FileError(
                series.file, series.key, f"has ended on {day}, and no night can run without it", "Give it a value from that day"
            )
    for rule_id, series in tree.national.rules.items():
        if rule_id not in loaded.rules:
            raise FileError(series.file, series.key, f"has ended on {day}, and no night can run without it", "Word it anew from that day")
    years = range(day.year - loaded.parameters["lookback_years"], day.year + 1)
    loaded.standards(years)
    loaded.sharing(years)


def _due(file: PolicyFile, as_of: date) -> list[str]:
    series = [one for table in file.tables for one in table.values()]
    return [f"{one.file}: {one.key}: to be reviewed by {one.review_by}" for one in series if one.review_by < as_of]


def _summary(name: str, files: list[PolicyFile], problems: Problems) -> Summary:
    series = [one for file in files for table in file.tables for one in table.values() if one.file == name]
    starts = [str(entry.start) for one in series for entry in one.entries]
    wrong = sum(error.file == name for error in problems.found)
    return Summary(name, len(series), len(starts), max(starts, default=""), wrong)
