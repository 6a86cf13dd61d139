"""What the nights said one after another, in lines."""

from collections.abc import Mapping
from datetime import date

from flows.explain.page import Page


def over_nights(page: Page) -> list[str]:
    """For each enrollment and overlap what the nights said, nights that said the same together."""
    told, say = page.told, page.say
    series: dict[tuple, dict[date, dict]] = {}
    for row in told.before:
        series.setdefault((row["enrollment_id"], row["overlap_id"]), {})[row["as_of"]] = row
    if not series:
        return []
    lines = [say("nights")]
    if {row["as_of"] for row in told.before} == {told.as_of}:
        return [*lines, "  " + say("only_night")]
    for (enrollment_id, overlap_id), by_night in series.items():
        lines.append(f"  {page.id(enrollment_id)} {overlap_id or ''}".rstrip())
        lines += [f"    {_nights_named(page, nights)}{page.colon}{what}" for nights, what in _runs(page, by_night)]
    return lines


def _runs(page: Page, by_night: Mapping[date, Mapping]) -> list[tuple[list[date], str]]:
    """Consecutive nights that said the same, from the first that spoke of it on."""
    runs: list[tuple[list[date], str]] = []
    for night in page.told.nights:
        what = _said(page, by_night[night]) if night in by_night else page.say("unsaid")
        if runs and runs[-1][1] == what:
            runs[-1][0].append(night)
        elif runs or night in by_night:
            runs.append(([night], what))
    return runs


def _said(page: Page, row: Mapping) -> str:
    parts = [page.action(row), page.rule(row["rule_id"]), page.say("by_policy", policy=f"{row['policy_id']} {row['policy_version']}")]
    if row["kept_enrollment_id"]:
        parts.insert(1, f"{page.say('stays')} {page.id(row['kept_enrollment_id'])}")
    return page.comma.join(parts)


def _nights_named(page: Page, nights: list[date]) -> str:
    return page.say("in_nights" if len(nights) > 1 else "in_night", first=nights[0], last=nights[-1], n=len(nights))
