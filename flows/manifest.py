"""What came in, what went out, and by which policy and code: manifest.json, counts and hashes only."""

import subprocess
from dataclasses import asdict

from expectations import is_accepted
from flows.ingest import Ingested
from flows.labels import label
from flows.settings import CHECKOUT, key_id, site_key
from transforms.reading import RowTally


def metadata(night) -> dict[str, str]:
    """What every published file says of its night."""
    return {"as_of": night.settings.as_of.isoformat(), "policy_id": night.policy.policy_id, "policy_version": night.policy.version}


def build_manifest(night) -> dict:
    """The manifest of a night."""
    before = night.house.night_before(night.settings.as_of)
    return {
        "as_of": night.settings.as_of.isoformat(),
        # the night whose ledgers and returns this one carries on
        "carried_on_from": before.name.removeprefix("as_of=") if before else None,
        "policy": {"id": night.policy.policy_id, "version": night.policy.version},
        "code_version": night.code_version,
        "site_version": night.site.version,
        "key_id": key_id(site_key(night.settings.warehouse)),
        "extracts": {name: _extract(done) for name, done in night.ingested.items()},
        "extracts_absent": {name: label("en", "without", name) for name in night.absent},
        "files_passed_over": night.passed_over,
        "steps": night.steps,
        "merged": night.steps.get("activity", {}).get("continuation", 0),
        "datasets": night.published,
        "worklists": night.worklists,
        "files": dict(sorted(night.digests.items())),
        "persons": {**night.enrolled, "by_rule": dict(sorted(night.touched.items()))},
        "gates": [
            asdict(v) | {"accepted": v.stops and is_accepted(v, night.settings.accept)} for v in night.verdicts if v.severity == "error"
        ],
        "thresholds_changed": {name: check.agreed for name, check in night.checks.items() if check.agreed},
        "accepted_gates": sorted(night.settings.accept),
        "warnings": [asdict(v) for v in night.warnings],
    }


def _extract(done: Ingested) -> dict:
    """What became of the rows of an extract, and of each of its files."""
    files = {
        source.name: _fates(done.by_file.get(source.name, RowTally()))
        | {
            "sha256": done.sha256.get(source.name),
            "encoding": source.encoding,
            "columns_left_out": source.extra,
            "sheets_left_out": source.sheets_left_out,
        }
        for source in done.files
    }
    return _fates(done.tally) | {"reasons": done.tally.reasons, "repairs": done.tally.flags, "files": files}


def _fates(tally: RowTally) -> dict[str, int]:
    """What became of the rows: they add up."""
    return {name: getattr(tally, name) for name in ("rows", "accepted", "quarantined", "copies", "superseded")}


def code_version() -> str:
    """The commit of the checkout, marked where files differ from it; `unknown` outside git."""
    ask = ["git", "-C", str(CHECKOUT), "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        return subprocess.run(ask, capture_output=True, text=True, check=True, timeout=10).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return "unknown"
