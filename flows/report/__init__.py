"""The night for people: one page of counts that needs nothing else, in Chinese and English, on a screen or on paper.

It holds no row of anybody. Its figures are aggregates of the published datasets (transforms/reported/*.sql) and counts of the
manifest; counts from one to four are not shown (figures.py).
"""

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from contracts import DATASETS, EXTRACTS
from flows.publish import folder_of, schema_of
from flows.report.figures import SMALLEST, Table, accepted, amount, change, count, share
from flows.report.style import hash_of, style
from flows.report.words import both, definition, place, rule_name, word
from policy import Policy
from transforms.engine import Engine

HERE = Path(__file__).parent
#: Schemas of the engine that hold the datasets of tonight and of the night before.
TONIGHT, BEFORE = "reported", "reported_before"
#: Figures at the top of the page, in this order; yuan where `True`.
HEADLINES = {
    "overlaps": False, "people": False, "terminations": False, "suspensions": False, "reviews": False, "deducted": True,
    "refundable": True, "gaps": False, "after_death": False,
}  # fmt: skip
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
    found = _asked(
        engine,
        TONIGHT,
        run,
        ("overlap_kinds", "rule_actions", "missing_evidence", "levels", "refund_cases", "gap_kinds", "waits", "places"),
    )
    [totals] = _asked(engine, TONIGHT, run, ("headlines",))["headlines"]
    [last] = _asked(engine, BEFORE, before, ("headlines",))["headlines"] if before else [None]
    places = [_of_place(r) for r in found["places"]]
    return {
        "headlines": [(name, totals[name], last and last[name], is_yuan) for name, is_yuan in HEADLINES.items()],
        "overlaps": Table.of(found["overlap_kinds"], "overlaps"),
        "actions": Table.of([r | {"rule": rule_name(policy, r["rule_id"], r["clause"])} for r in found["rule_actions"]], "decisions"),
        "missing": Table.of(found["missing_evidence"], "reviews"),
        "levels": Table.of(found["levels"], "enrollments", "amount"),
        "refunds": Table.of(found["refund_cases"], "refunds", "personal_amount", "assistance_amount"),
        "gaps": Table.of(found["gap_kinds"], "people"),
        "waits": Table.of(found["waits"], "switches"),
        "provinces": [r for r in places if r["digits"] == 2],
        "prefectures": [r for r in places if r["digits"] == 4][:PREFECTURES],
    }


def _of_place(row: dict) -> dict:
    """With the work there is to do; what a small count goes with is withheld."""
    few = any(0 < row[name] < SMALLEST for name in ("terminations", "suspensions", "reviews"))
    return row | {
        "work": sum(int(row[name]) for name in ("terminations", "suspensions", "reviews")),
        "deducted": None if few else row["deducted"],
    }


def _asked(engine: Engine, schema: str, publication: Path, tables: tuple[str, ...]) -> dict[str, list[dict]]:
    """The rows of ``transforms/reported/*.sql`` over the datasets of a publication."""
    with engine.within(schema):
        for dataset in DATASETS.values():
            file = folder_of(publication, dataset) / "part-0.parquet"
            if file.exists() and not dataset.restricted:
                engine.published(f"{schema}.{dataset.name}", file)
            elif not dataset.restricted:  # a night of before there was such a dataset
                engine.register(dataset.name, schema_of(dataset, {}).empty_table())
        return {table: engine.rows(f"reported/{table}.sql") for table in tables}


def page(told: Mapping, manifest: Mapping, policy: Policy) -> str:
    """The page as text. Its own style is the only thing that it may load: a strict content-security policy says so."""
    look = style()
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"count": count, "amount": amount, "share": share}
    environment.globals |= {"both": both, "word": word, "place": place, "change": change, "accepted": accepted, "definition": definition}
    return environment.get_template("page.html").render(
        style=look,
        style_hash=hash_of(look),
        policy=policy,
        extracts=EXTRACTS,
        manifest=manifest,
        **told,
    )
