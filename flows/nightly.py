"""One night, from the inbox to the publication. The sequence of steps stands once, in flows.steps.STEPS."""

import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path

import expectations
import policy
import policy.site
from contracts.site import NO_SITE, Site
from contracts.strict_yaml import FileError
from expectations import is_accepted
from expectations.bounds import Check
from flows import disk, last_night, rotation, run_ledger, trouble, worklists
from flows.errors import GateStopped, NightError, UsageError
from flows.inbox import check_inbox, unclaimed
from flows.labels import label
from flows.night import Night
from flows.progress import Progress
from flows.publish_step import leave_for_operator
from flows.settings import Settings, api_is_configured, now, restricted_key, site_key
from flows.steps import DONE_WITH, STEPS
from flows.waiting import BY_DAY
from flows.warehouse import Warehouse, link_of, nights_in
from policy.site import GATES

#: Files that no extract claims are named in a summary up to so many.
MOST_NAMED = 10

Runner = Callable[[str, Callable[[], None]], None]


def run_night(settings: Settings, progress: Progress | None = None) -> Night:
    """Run one night and return it, telling ``progress`` how far it is; under Prefect where an API is configured, in process otherwise: the same bytes."""
    said = load_policy(settings.policy_id, settings.as_of), load_site(settings.site), load_checks(settings.site)
    check_inbox(settings.inbox)
    progress = progress or Progress()
    if api_is_configured():
        from flows.orchestrated import under_prefect

        return under_prefect(lambda runner: _run(settings, *said, runner, progress), settings)
    return _run(settings, *said, lambda name, step: step(), progress)


def _run(settings: Settings, rules: policy.Policy, site: Site, checks: Mapping[str, Check], runner: Runner, progress: Progress) -> Night:
    # the run's own ledger is written between the steps: a disk can be full there, too
    with Warehouse(settings.warehouse) as house, trouble.told(lambda: progress.step or "making its folder"):
        swept, started = house.sweep(), now()
        house.check_night_before(settings.as_of, last_night.STATE_FILES)
        sealed, renamed = restricted_key(), rotation.since(house, settings.as_of, site_key(settings.warehouse))
        run = house.new_run(settings.as_of, started)
        ledger = {"as_of": settings.as_of.isoformat(), "started": started.isoformat()}
        run_ledger.write_state(run, "running", **ledger)
        disk.make_private(run / "work")
        night = Night(settings, rules, site, house, run, progress, checks=checks, restricted_key=sealed, renamed=renamed)
        night.passed_over = unclaimed(settings.inbox)
        if swept:
            night.progress.note(f"cleared {len(swept)} replaced or unfinished run(s): {', '.join(swept)}")
        try:
            for name, step in STEPS.items():
                run_ledger.write_state(run, "running", step=name, **ledger)
                night.progress.begin(name)
                runner(name, lambda name=name, step=step: _carried_out(name, step, night))
                night.progress.end()
                night.engine.drop(*DONE_WITH.get(name, ()))
        except GateStopped:
            leave_for_operator(night)
            raise
        except BaseException:
            _bury(night, ledger | {"step": night.progress.step})
            raise
        return night


def _carried_out(name: str, step: Callable[[Night], None], night: Night) -> None:
    with trouble.told(lambda: f"{name}, at {night.progress.table}" if night.progress.table else name):
        step(night)


def _bury(night: Night, ledger: Mapping[str, str]) -> None:
    """A run that failed keeps its ledger only: its working tables hold names. Whatever else fails here is no news."""
    if run_ledger.read_state(night.run) == "published" and link_of(night.house.root, ledger["as_of"]).resolve() == night.run.resolve():
        return  # it is published, whatever came after
    with suppress(Exception):
        if night.engine:
            night.engine.close()
    shutil.rmtree(night.run / "work", ignore_errors=True)
    for private in ("restricted", worklists.FOLDER):
        shutil.rmtree(night.run / private, ignore_errors=True)
    with suppress(OSError):
        run_ledger.write_state(night.run, "failed", **ledger)


def load_policy(policy_id: str, as_of: date) -> policy.Policy:
    try:
        loaded = policy.load(policy_id, as_of)
        if ended := [name for name, value in loaded.parameters.items() if value is policy.ENDED]:
            raise NightError(f"policy {policy_id}: {ended[0]} has ended by {as_of}; give it a value, and run policy-check")
        if gaps := [(name, day) for day, values in loaded.history(BY_DAY) for name, value in values.items() if value is policy.ENDED]:
            name, day = gaps[0]
            raise NightError(f"policy {policy_id}: {name} has no value from {day} on; give it one, and run policy-check")
        return loaded
    except policy.UnknownPolicy as error:
        raise UsageError(str(error)) from None
    except FileError as error:
        raise NightError(str(error)) from None


def load_site(folder: Path | None) -> Site:
    if folder and not folder.is_dir():
        raise UsageError(f"the site folder {folder} is no folder; name it with --site or ONECOVER_SITE, or name none")
    try:
        return policy.site.load_site(folder) if folder else NO_SITE
    except FileError as error:
        raise NightError(str(error)) from None


def load_checks(folder: Path | None) -> Mapping[str, Check]:
    """The checks, with the thresholds of the site folder where it has any."""
    try:
        return expectations.load(folder / GATES if folder else None)
    except FileError as error:
        raise NightError(str(error)) from None


def summary(night: Night) -> str:
    """What was found, decided and published, and where to look next; counts only."""
    d, r = night.published, night.steps
    files_read = sum(len(done.files) for done in night.ingested.values())
    lines = [
        f"OneCover, the night of {night.settings.as_of}, policy {night.policy.policy_id} ({night.policy.version})",
        f"  read       {night.rows_read:,} rows of {files_read} files, {night.rows_quarantined:,} in quarantine",
        f"  found      {d['overlaps']:,} overlaps of {r['overlaps']['overlap_member']:,} members",
        f"  decided    {d['terminations']:,} terminations, {d['suspensions']:,} suspensions, {d['reviews']:,} reviews",
        f"  money      {d['subsidy_deductions']:,} deduction rows, {d['refunds']:,} refund rows",
    ]
    passed = [f"{v.check_id} of {v.extract}" for v in night.verdicts if v.stops and is_accepted(v, night.settings.accept)]
    lines += [f"  accepted   the gate {name} failed and was let pass by --accept" for name in passed]
    lines += [f"  warning    {v.check_id} of {v.extract}: {v.observed}, expected {v.expected}" for v in night.warnings]
    lines += [f"  without    {name}: {label('en', 'without', name)}" for name in night.absent]
    lines += [f"  passed     {name}: no extract has such a name, it was not read" for name in night.passed_over[:MOST_NAMED]]
    if more := len(night.passed_over[MOST_NAMED:]):
        lines.append(f"  passed     {more:,} more files, see files_passed_over in manifest.json")
    if night.worklists:
        lines.append(f"  worklists  {night.worklists['workbooks']:,} workbooks, one for each {night.settings.worklists}; they hold names")
    if later := [day for day in nights_in(night.settings.warehouse) if day > night.settings.as_of]:
        lines.append(f"  later      {len(later)} night(s) from {later[0]} on were published before this one: publish them again")
    lines.append(f"  published  {link_of(night.settings.warehouse, night.settings.as_of)} (manifest.json, one folder per dataset)")
    return "\n".join(lines)


def summary_fields(night: Night) -> dict[str, object]:
    """The same for a program (docs/datasets.md)."""
    return {
        "as_of": night.settings.as_of.isoformat(),
        "policy_id": night.policy.policy_id,
        "policy_version": night.policy.version,
        "run": str(link_of(night.settings.warehouse, night.settings.as_of)),
        "rows_read": night.rows_read,
        "rows_quarantined": night.rows_quarantined,
        "published": night.published,
        "worklists": night.worklists,
        "accepted": list(night.settings.accept),
        "warnings": [f"{v.check_id} of {v.extract}" for v in night.warnings],
        "absent": night.absent,
        "passed_over": night.passed_over,
    }
