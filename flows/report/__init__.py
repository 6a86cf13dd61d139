"""The night for people: one page of counts that needs nothing else, in Chinese and English, on a screen or on paper.

It holds no row of anybody. Its figures are aggregates of the published datasets (transforms/reported/*.sql) and counts of the
manifest; counts from one to four, and money of so few people, are not shown (figures.py).
"""

from collections.abc import Mapping
from pathlib import Path

from contracts import DATASETS, EXTRACTS
from flows.dataset_files import show
from flows.report.figures import Table, accepted, amount, apart, change, count, is_small, observed, of_places, share, signed
from flows.report.style import environment, hash_of, style
from flows.report.words import both, definition, place, rule_name, word
from policy import Policy
from policy.vocabulary import LEVELS
from transforms.engine import Engine

HERE = Path(__file__).parent
#: Schemas of the engine that hold the datasets of tonight and of the night before.
TONIGHT, BEFORE = "reported", "reported_before"
#: Figures at the top of the page, in this order; yuan where `True`.
HEADLINES = {
    "overlaps": False, "people": False, "terminations": False, "suspensions": False, "reviews": False, "deducted": True,
    "refundable": True, "gaps": False, "after_death": False,
}  # fmt: skip
#: What is to be done in a place.
WORK = ("terminations", "suspensions", "reviews")
#: Actions whose total stands at the top of the page.
COUNTED = ("terminate", "suspend", "review")
#: Of a deduction: what is told and not deducted, with an amount of 0.00.
EXEMPT = "exempt"
#: Prefectures on the page: more are in the datasets.
PREFECTURES = 40


def write(run: Path, engine: Engine, policy: Policy, manifest: Mapping, before: Path | None) -> Path:
    """``report/index.html`` of ``run``, whose datasets are written. ``before``: the publication of the night before."""
    path = run / "report" / "index.html"
    path.parent.mkdir(exist_ok=True)
    path.write_text(page(figures(run, engine, policy, before), manifest, policy), encoding="utf-8")
    return path


def figures(run: Path, engine: Engine, policy: Policy, before: Path | None) -> dict:
    """Every table and total of the page."""
    _show(engine, TONIGHT, run)
    _show(engine, BEFORE, before or run)  # from itself nothing has changed
    found = _asked(
        engine,
        TONIGHT,
        ("overlap_kinds", "rule_actions", "missing_evidence", "levels", "refund_cases", "gap_kinds", "waits", "places", "changed_money"),
    )
    [now], [last] = (_asked(engine, schema, ("headlines",))["headlines"] for schema in (TONIGHT, BEFORE))
    [changed] = found["changed_money"]
    withheld = {name for name, is_yuan in HEADLINES.items() if is_yuan and _is_of_few(name, now, changed)}
    places = _places(found["places"], "deducted" in withheld)
    levels, refunds = deductions(found["levels"], "deducted" in withheld), Table.of(found["refund_cases"], "refunds")
    actions = [r | {"rule": rule_name(policy, r["rule_id"], r["clause"])} for r in found["rule_actions"]]
    return {
        "headlines": [(name, *_headline(name, now, last if before else None, name in withheld)) for name in HEADLINES],
        "overlaps": Table.of(found["overlap_kinds"], "overlaps"),
        "actions": Table.of(actions, "decisions", [r["action"] if r["action"] in COUNTED else None for r in actions]),
        "missing": Table.of(found["missing_evidence"], "reviews"),
        "levels": levels,
        "untold": ["subsidy_deductions"]
        if any(hide and r["status"] == EXEMPT for r, hide in zip(levels.rows, levels.hidden, strict=True))
        else [],
        "refunds": refunds.with_money(
            ["personal_amount", "assistance_amount"], [r["eligibility"] == "eligible" for r in refunds.rows], "refundable" in withheld
        ),
        "gaps": Table.of(found["gap_kinds"], "people"),
        "waits": Table.of(found["waits"], "switches"),
        "provinces": [r for r in places if r["digits"] == 2],
        "prefectures": [r for r in places if r["digits"] == 4][:PREFECTURES],
    }


def deductions(rows: list[dict], is_card_hidden: bool) -> Table:
    """Subsidies by level, the highest first, then what is exempt: its amount is 0.00 by rule, so that few of it need no other sum
    hidden with them. Its counts are apart from the others as long as nobody knows what all come to: where some are hidden, the
    page does not tell the rows of the dataset (`untold`)."""
    ordered = sorted(rows, key=lambda r: (LEVELS.index(r["level"]), r["status"]))
    due = Table.of([r for r in ordered if r["status"] != EXEMPT], "enrollments")
    due = due.with_money(["amount"], [r["status"] != "reversed" for r in due.rows], is_card_hidden)
    return due.followed_by(Table.of([r for r in ordered if r["status"] == EXEMPT], "enrollments", is_total_told=False))


def _is_of_few(name: str, now: Mapping, changed: Mapping) -> bool:
    """Whether a sum is of one to four people, or differs by those of so few from the one of the night before."""
    return is_small(now[f"people_of_{name}"]) or is_small(changed[name])


def _headline(name: str, now: Mapping, last: Mapping | None, is_withheld: bool) -> tuple[str, str]:
    """A figure at the top of the page as text, and its change since the night before."""
    if not HEADLINES[name]:
        return count(now[name]), change(now[name], last and last[name])
    if is_withheld:
        return amount(None), ""
    is_told = last is not None and not is_small(last[f"people_of_{name}"])
    return amount(now[name]), signed(now[name] - last[name]) if is_told else ""


def _places(rows: list[dict], is_card_hidden: bool) -> list[dict]:
    """With counts as text, and the work there is to do as far as it is shown."""
    hidden = {name: of_places(rows, name) for name in WORK}
    without_money = of_places(rows, "people_of_deducted", is_card_hidden)
    return [
        row
        | {name: hidden[name].get(row["code"]) or count(int(row[name])) for name in WORK}
        | {"work": sum(int(row[name]) for name in WORK if row["code"] not in hidden[name])}
        | {"deducted": None if row["code"] in without_money else row["deducted"]}
        for row in rows
    ]


def _show(engine: Engine, schema: str, publication: Path) -> None:
    """The open datasets of a publication in ``schema``."""
    with engine.within(schema):
        for dataset in DATASETS.values():
            if not dataset.restricted:
                show(engine, f"{schema}.{dataset.name}", publication, dataset)


def _asked(engine: Engine, schema: str, tables: tuple[str, ...]) -> dict[str, list[dict]]:
    """The rows of ``transforms/reported/*.sql`` over the datasets of a publication."""
    with engine.within(schema):
        return {table: engine.rows(f"reported/{table}.sql") for table in tables}


def page(found: Mapping, manifest: Mapping, policy: Policy) -> str:
    """The page as text. Its own style is the only thing that it may load: a strict content-security policy says so."""
    look = style()
    templates = environment(HERE)
    templates.filters |= {"count": count, "amount": amount, "apart": apart, "share": share, "observed": observed}
    templates.globals |= {"both": both, "word": word, "place": place, "accepted": accepted, "definition": definition}
    return templates.get_template("page.html").render(
        style=look,
        style_hash=hash_of(look),
        policy=policy,
        extracts=EXTRACTS,
        manifest=manifest,
        **found,
    )
