"""What follows from the decisions, in lines: deductions and refunds, and rows of further datasets."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from contracts import DATASETS
from flows.explain.decided import evidence
from flows.explain.page import Page
from flows.explain.words import CODED, COLUMNS
from flows.labels import LISTED, labels


def money(page: Page) -> list[str]:
    told, say, word = page.told, page.say, page.word
    lines = [say("money")]
    if not told.deductions and not told.refunds:
        return [*lines, "  " + say("no_money")]
    due: dict[tuple, list[dict]] = {}
    for row in told.deductions:
        due.setdefault((row["enrollment_id"], row["fiscal_year"], row["status"]), []).append(row)
    for (enrollment_id, year, status), rows in due.items():
        levels = page.comma.join(f"{word('level', r['level'])} {r['amount']:,}" for r in rows)
        lines.append("  " + say(
            "deduction", enrollment=page.id(enrollment_id), year=year, amount=f"{_sum(rows):,}", basis=word("basis", rows[0]["basis"]),
            status=word("status", status), first=rows[0]["first_reported_on"], rule=page.rule(rows[0]["rule_id"]),
        ))  # fmt: skip
        lines.append(f"    {levels}")
    if due:
        standing = [r for r in told.deductions if r["status"] != "reversed"]
        lines.append("  " + say("deducted", amount=f"{_sum(standing):,}"))
    lines += ["  " + say(
        "refund", enrollment=page.id(r["enrollment_id"]), begin=r["period_begin"], last=_last_day(r["period_end"]), eligibility=word("eligibility", r["eligibility"]),
        case=word("case", r["case_id"]), personal=f"{r['personal_amount']:,}", assisted=f"{r['assistance_amount']:,}", channel=_channel(page, r), state=_state(page, r),
    ) for r in told.refunds]  # fmt: skip
    return lines


def _last_day(after: date) -> date:
    """The last day of what is paid for, as the tax system and the worklists show it; ``after``: the first day after it."""
    return after - timedelta(days=1)


def _channel(page: Page, refund: Mapping) -> str:
    """Where the money goes; nothing where there is none."""
    comes = refund["personal_amount"] + refund["assistance_amount"] > 0
    return page.say("refunded_to", channel=page.word("channel", refund["channel"])) if comes else ""


def _state(page: Page, refund: Mapping) -> str:
    """How far a refund has come; nothing where the publication is of before there was a ledger of refunds."""
    if not refund.get("status"):
        return ""
    return page.say("state", status=page.word("status", refund["status"]), first=refund["first_reported_on"])


def _sum(rows: Sequence[Mapping]) -> Decimal:
    return sum((r["amount"] for r in rows), Decimal("0.00"))


def lists(page: Page) -> list[str]:
    """Rows of further datasets, column by column in words; a column of a newer publication under its name."""
    lines = []
    for name, rows in page.told.lists.items():
        words = {c.name: c.zh for c in DATASETS[name].columns} if page.lang == "zh" else COLUMNS
        title = DATASETS[name].zh if page.lang == "zh" else name.replace("_", " ")
        for row in rows:
            if name == "after_death" and row["extract"] == "contribution":  # of a stay it is the day of discharge
                row = row | {"ends_on": _last_day(row["ends_on"])}
            cells = [(words.get(k, k), _cell(page, name, k, v)) for k, v in row.items() if k not in ("person_id", "evidence")]
            lines.append(f"  {title}{page.colon}" + page.comma.join(f"{k} {v}" for k, v in cells if v))
            lines += [f"  {line}" for line in evidence(page, [row])] if row.get("evidence") else []
    return [page.say("other_lists"), *lines] if lines else []


def _cell(page: Page, dataset: str, name: str, value) -> str:
    """A value in words; empty where there is none."""
    if value is None:
        return ""
    if name == "rule_id":
        return page.rule(value)
    kind, values = CODED.get((dataset, name)), value if isinstance(value, list) else [value]
    return labels(page.lang, kind, values) if kind else LISTED[page.lang].join(map(str, values))
