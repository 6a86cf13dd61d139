"""Great Expectations judges one row of counts per extract; no row of an extract ever reaches it."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import ModuleType

from contracts.extracts import Extract
from expectations.bounds import CHECKS, Bound, Check, bounds_of


@dataclass(frozen=True)
class Verdict:
    """One row of the dataset `checks`: counts only, never a value of a row."""

    department: str
    extract: str
    check_id: str
    severity: str
    status: str
    rows_checked: int
    rows_failed: int
    observed: str
    expected: str

    @property
    def failed(self) -> bool:
        """Also where the check itself went wrong: an error is never a pass."""
        return self.status in ("fail", "error")

    @property
    def stops(self) -> bool:
        return self.severity == "error" and self.failed

    @property
    def warns(self) -> bool:
        return self.severity == "warning" and self.failed


def is_accepted(verdict: Verdict, accept: tuple[str, ...]) -> bool:
    """Whether --accept names the check, of all extracts or of this one; `reason` names all of reason_<code>."""
    names = {verdict.check_id} | ({"reason"} if verdict.check_id.startswith("reason_") else set())
    return any(name in accept or f"{verdict.extract}.{name}" in accept for name in names)


def judge(extract: Extract, counts: Mapping[str, float | None], checks: Mapping[str, Check] = CHECKS, at: str = "gate") -> list[Verdict]:
    """Every check of ``extract`` that the step ``at`` judges, on its counts. A metric that is None was not measured: `not_run`.

    Whatever goes wrong inside a check, or in Great Expectations itself, is an `error`: never bad data, and never a pass.
    """
    bounds = [b for b in bounds_of(extract, checks) if b.at == at]
    measured = [b for b in bounds if counts.get(b.metric) is not None]
    try:
        outcome = _validate(extract.name, measured, counts) if measured else {}
    except Exception:  # its message may quote what it was given
        outcome = {}
    outcome = {b.check_id: outcome.get(b.check_id, "error") for b in measured}
    return [_verdict(extract, b, counts, outcome.get(b.check_id, "not_run")) for b in bounds]


def _verdict(extract: Extract, bound: Bound, counts: Mapping, outcome: str) -> Verdict:
    failed = int(counts.get(bound.failed) or 0) if bound.failed else 0
    status = "pass_with_exceptions" if outcome == "pass" and failed else outcome
    observed = counts.get(bound.metric)
    text = "" if observed is None else f"{observed:.6f}".rstrip("0").rstrip(".")
    checked = int(counts.get(bound.checked) or 0)
    return Verdict(extract.department, extract.name, bound.check_id, bound.severity, status, checked, failed, text, bound.expected)


def _validate(name: str, bounds: list[Bound], counts: Mapping) -> dict[str, str]:
    """check_id -> pass, fail or error. A check that raises is an `error` of ours, never bad data."""
    gx, counted, expectations, pd = _great_expectations()
    # of one row the least value is the value; this expectation takes half the time of the one that looks at each row
    suite = gx.ExpectationSuite(name=name, expectations=[
        expectations.ExpectColumnMinToBeBetween(
            column=b.check_id, min_value=b.least, max_value=b.most, severity="critical" if b.severity == "error" else "warning",
            meta={"check_id": b.check_id},
        ) for b in bounds
    ])  # fmt: skip
    frame = pd.DataFrame({b.check_id: [float(counts[b.metric])] for b in bounds})
    results = counted.get_batch({"dataframe": frame}).validate(suite, result_format="BOOLEAN_ONLY").results
    return {r.expectation_config.meta["check_id"]: _status(r) for r in results}


def _status(result) -> str:
    raised = (result.exception_info or {}).get("raised_exception") or any(
        isinstance(v, dict) and v.get("raised_exception") for v in (result.exception_info or {}).values()
    )
    return "error" if raised else "pass" if result.success else "fail"


@cache
def _great_expectations():
    """The library, and a batch of counts in a quiet context. Imported late: it takes seconds, and the night starts reading meanwhile."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"  # it never calls home
    with _later("altair", "scipy.stats"):
        import great_expectations as gx
        import great_expectations.expectations as expectations
    import pandas as pd
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    counted = (
        context.data_sources.add_pandas(name="counts").add_dataframe_asset(name="counts").add_batch_definition_whole_dataframe("counts")
    )
    return gx, counted, expectations, pd


class _Later(ModuleType):
    """Stands for a module until somebody asks it for something."""

    def __getattr__(self, name: str):
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)


@contextmanager
def _later(*names: str) -> Iterator[None]:
    """What is imported inside gets these modules only when it uses them: of the library they take a third of the time to load,
    for one expectation about distributions that no gate has."""
    standing = {name: _Later(name) for name in names if name not in sys.modules}
    sys.modules.update(standing)
    try:
        yield
    finally:
        for name, module in standing.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]


def warm_up() -> None:
    """Load the library ahead of the first verdict; called on a thread of its own."""
    _great_expectations()
