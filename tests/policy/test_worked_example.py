"""The worked example of docs/policy.md is carried out as it stands there."""

import re
from datetime import date
from pathlib import Path

import policy
from policy.check import check

PAGE = (Path(__file__).parents[2] / "docs" / "policy.md").read_text(encoding="utf-8")


def test_the_new_line_is_in_force_from_its_day_and_not_before(tree: Path):
    example = re.search(r"```yaml\n(references:.*?)```", PAGE, re.DOTALL).group(1)
    reference = re.search(r"  notice_2027:\n(?:    .*\n)+", example).group(0)
    before, line = re.findall(r"      \d{4}-.*\n", example)
    target = tree / "national" / "parameters.yaml"
    text = target.read_text(encoding="utf-8")
    head, tail = text.split("  gap_tolerance_months:\n")
    tail = tail.replace("last_reviewed: 2026-11-22", re.search("last_reviewed: .*", example).group(0), 1)
    assert before in tail
    target.write_text(
        head.replace("references:\n", f"references:\n{reference}", 1)
        + "  gap_tolerance_months:\n"
        + tail.replace(before, before + line, 1),
        encoding="utf-8",
    )
    assert not check(tree).problems
    days = (date(2027, 6, 30), date(2027, 7, 1))
    assert [policy.load(name, day, tree).parameters["gap_tolerance_months"] for name in ("national", "jilin") for day in days] == [
        0,
        2,
        0,
        2,
    ]
