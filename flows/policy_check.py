"""The command policy-check: every problem of the policy files in one line, then a table of what they hold."""

from datetime import date
from pathlib import Path

from contracts.strict_yaml import FileError
from expectations import load as load_checks
from flows.errors import UsageError
from flows.terminal import aligned
from policy.check import Findings, Summary, check
from policy.site import GATES, load_site


def policy_check(overlay: Path | None, site: Path | None, as_of: date | None) -> tuple[bool, str]:
    """Whether all is sound, and what to print. UsageError where there is no such overlay."""
    if overlay and not overlay.is_file():
        raise UsageError(f"--overlay {overlay}: no such file; name a file of policy/provinces, or one that you are writing")
    found = check(overlay=overlay, as_of=as_of)
    problems = [*map(str, found.problems), *_site_problem(site)]
    return not problems, "\n".join([*problems, *(f"due: {line}" for line in found.due), *_table(found), _verdict(problems, found)])


def _site_problem(site: Path | None) -> list[str]:
    try:
        if site:
            load_site(site)
            load_checks(site / GATES)
    except FileError as error:
        return [str(error)]
    return []


def _table(found: Findings) -> list[str]:
    head = ("file", "keys", "entries", "latest", "problems")
    return aligned([head, *(_cells(one) for one in found.files)], texts=(0, 3))


def _cells(one: Summary) -> tuple[str, ...]:
    return one.file, str(one.keys or ""), str(one.entries or ""), one.latest, str(one.problems or "none")


def _verdict(problems: list[str], found: Findings) -> str:
    told = "no problem" if not problems else f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
    return f"policy-check: {len(found.files)} files, {told}, {len(found.due)} to be reviewed"
