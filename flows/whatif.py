"""What if: the extracts of one night decided under two policies, and which decisions change.

The extracts are read, checked and identified once; the steps that depend on policy run twice on the same tables, each
time with the policy's own parameters and tables. Everything happens in a scratch folder that is removed: no warehouse
is written.
"""

import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pyarrow as pa

from contracts.columns import column
from contracts.datasets import Dataset
from contracts.model import Column
from flows import dataset_files, disk, policy_tables, protected
from flows.errors import FAILED, GateStopped, UsageError
from flows.inbox import check_inbox
from flows.night import Night
from flows.nightly import load_checks, load_policy, load_site
from flows.progress import Progress
from flows.settings import Settings
from flows.steps import STEPS
from flows.warehouse import Warehouse
from policy import Policy

#: The steps that look at extracts only, and those that a policy steers; what is left is publishing.
SHARED = tuple(STEPS)[: tuple(STEPS).index("activity")]
DECIDING = tuple(STEPS)[tuple(STEPS).index("activity") : tuple(STEPS).index("publish")]
MANIFEST = "whatif.json"


def _both(name: str, zh: str = "", meaning: str = "", type_: str = "") -> list[Column]:
    """A column under each of the two policies, from the contract's where there is one of that name."""
    base = Column(name, type_, zh, meaning) if type_ else column(name)
    return [
        Column(f"{name}_{side}", base.type, f"{base.zh}（{sign}）", f"{base.meaning}, under policy_{side}")
        for side, sign in (("a", "甲"), ("b", "乙"))
    ]


_OF_A_SIDE = [
    *_both("action"), *_both("would_be"), *_both("rule_id"), *_both("deciding_fact"), *_both("kept_enrollment_id"), *_both("effective_date"),
    *_both("resumes_on"),
]  # fmt: skip
_MONEY = [
    *_both("deductions", "财政补助扣减合计", "yuan to be deducted for the enrollment, on its row that counts", "money"),
    *_both("refunds", "退费合计", "yuan to be refunded on application, on the enrollment's row that counts", "money"),
]
_CASES = _both("refund_cases", "退费情形", "cases of the refund table and their eligibility", "text")
CHANGED = Dataset(
    "changed_decisions",
    "政策变更影响",
    "one row per decision that two policies take differently; null on the side of a policy that does not take it",
    ("enrollment_id", "overlap_id"),
    (
        *(Column(f"policy_{side}", "text", f"政策{sign}", f"policy {side}") for side, sign in (("a", "甲"), ("b", "乙"))),
        *(column(name, "decisions") for name in ("enrollment_id", "overlap_id", "person_id", "scheme", "insu_admdvs")),
        *_OF_A_SIDE, *_MONEY, *_CASES,
    ),
    frozenset(["overlap_id", *(c.name for c in (*_OF_A_SIDE, *_CASES))]),
)  # fmt: skip


@dataclass(frozen=True)
class Comparison:
    """Counts and yuan of the changed decisions; rows are dictionaries of the columns of transforms/compared/*.sql."""

    as_of: date
    a: Policy
    b: Policy
    totals: dict[str, dict]
    by_rule: list[dict]
    by_province: list[dict]
    changed: int
    people: int
    out: Path | None


def compare(settings: Settings, against: str, out: Path | None) -> Comparison:
    """Decide the night of ``settings`` under its policy (a) and under ``against`` (b); keep what changes in ``out``.

    Of ``settings.warehouse`` only the key is read. Errors and exit statuses are those of a night.
    """
    a, b = load_policy(settings.policy_id, settings.as_of), load_policy(against, settings.as_of)
    check_inbox(settings.inbox)
    _check_out(out)
    with _scratch(settings.warehouse) as folder:
        night = _read(replace(settings, warehouse=folder), _widest(a, b))
        try:
            for side, rules in (("a", a), ("b", b)):
                _decide(night, rules)
                night.engine.build("compared/outcome.sql", f"outcome_{side}")
            return _compared(night, a, b, out)
        finally:
            night.engine.close()


def _widest(a: Policy, b: Policy) -> Policy:
    """The policy to read under: it looks back the furthest, puts whoever either of the two suspends in question, and holds nobody for
    plainly covered whom either would not."""
    gone = {reason for p in (a, b) for reason in p.parameters["suspended_deregistrations"]}
    widest = max(a, b, key=lambda p: p.parameters["lookback_years"])
    grace = min(p.parameters["payment_grace_months"] for p in (a, b))
    return replace(widest, parameters=widest.parameters | {"suspended_deregistrations": tuple(sorted(gone)), "payment_grace_months": grace})


def _check_out(out: Path | None) -> None:
    """Makes the folder, too: where it cannot be written a whole comparison would be for nothing."""
    if out is None:
        return
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
        others = {p.name for p in out.iterdir()} - {CHANGED.name, MANIFEST}
    except FileExistsError:
        others = {out.name}
    except OSError as error:
        raise UsageError(f"--out {out} cannot be written ({error.strerror}); name a folder of your own") from None
    if others:
        raise UsageError(f"--out {out} holds something else; name a new or empty folder")


@contextmanager
def _scratch(house: Path) -> Iterator[Path]:
    """A private folder in place of a warehouse; removed whatever happens. person_id is that of the warehouse where it has a key."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(FAILED))  # so that it is removed then, too: it holds certificate numbers
    folder = Path(tempfile.mkdtemp(prefix="onecover-whatif-"))
    try:
        if (house / ".key").is_file():
            (folder / ".key").symlink_to((house / ".key").resolve())
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        signal.signal(signal.SIGTERM, before)


def _read(settings: Settings, widest: Policy) -> Night:
    """A night up to where policy begins, read under the widest policy: it carries on whoever either of the two asks for."""
    run = settings.warehouse / ".runs" / "whatif"
    disk.make_private(run / "work")
    night = Night(
        settings, widest, load_site(settings.site), Warehouse(settings.warehouse), run, Progress(), checks=load_checks(settings.site)
    )
    try:
        for name in SHARED:
            _step(night, name)
    except GateStopped as stop:
        if night.engine:
            night.engine.close()
        raise GateStopped(str(stop).replace(f"nothing was published, see {run}", "nothing was compared")) from None
    return night


def _decide(night: Night, rules: Policy) -> None:
    """Run the deciding steps under ``rules`` on the tables that were read."""
    night.progress.note(f"under {rules.policy_id}")
    _put_in_force(night, rules)
    for name in DECIDING:
        _step(night, name)


def _put_in_force(night: Night, rules: Policy) -> None:
    """Replace parameters and policy tables of the engine by those of ``rules``; what the reading found stays."""
    fresh = policy_tables.parameters_of(night.settings, rules)
    found = {k: v for k, v in night.engine.parameters.items() if k not in fresh and k not in night.policy.parameters}
    night.engine.parameters = fresh | found
    policy_tables.put_in_force(night.engine, night.settings, rules)
    night.policy = rules


def _step(night: Night, name: str) -> None:
    night.progress.begin(name)
    STEPS[name](night)
    night.progress.end()


def _compared(night: Night, a: Policy, b: Policy, out: Path | None) -> Comparison:
    engine = night.engine
    engine.parameters |= {"policy_a": a.policy_id, "policy_b": b.policy_id}
    engine.build("compared/changed.sql")
    engine.register("protected_id", pa.table({"person_id": night.protected.cast(pa.string())}))
    totals = {row["side"]: row for row in engine.rows("compared/totals.sql")}
    changed = engine.rows("compared/affected.sql")[0]
    result = Comparison(
        night.settings.as_of, a, b, totals, engine.rows("compared/by_rule.sql"), engine.rows("compared/by_province.sql"),
        changed["decisions"], changed["people"], out,
    )  # fmt: skip
    if out:
        told = {"as_of": night.settings.as_of.isoformat(), **{f"policy_{s}_version": p.version for s, p in (("a", a), ("b", b))}}
        shown = protected.without_places(engine.batches("compared/changed_rows.sql"), night.protected)
        dataset_files.write(out, CHANGED, shown, told)
        dataset_files.write_json(out / MANIFEST, _manifest(night, result))
    return result


def _manifest(night: Night, result: Comparison) -> dict:
    """What was compared, by which policies and code, from which files."""
    return {
        "as_of": result.as_of.isoformat(),
        **{f"policy_{side}": {"id": p.policy_id, "version": p.version} for side, p in (("a", result.a), ("b", result.b))},
        "code_version": night.code_version,
        "files": {name: done.sha256 for name, done in night.ingested.items()},
        "changed": {"decisions": result.changed, "people": result.people},
        "totals": result.totals,
    }
