"""The run ledger: run.json in the folder of every run, the truth about who runs, since when, and how it ended."""

import json
import os
from pathlib import Path


def write_state(run: Path, state: str, **facts) -> None:
    """``facts``: step, as_of, started. Replaced in one step."""
    fresh = run / ".run.json.new"
    fresh.write_text(json.dumps({"state": state, "pid": os.getpid(), **facts}, indent=1), encoding="utf-8")
    fresh.replace(run / "run.json")


def read_state(run: Path) -> str:
    return read_ledger(run).get("state", "unknown")


def read_ledger(run: Path) -> dict:
    """What run.json says: state, step, pid, as_of; nothing where it cannot be read."""
    try:
        ledger = json.loads((run / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return ledger if isinstance(ledger, dict) else {}


def is_published_here(link: Path, before: Path) -> bool:
    """Whether this process has made ``link`` name another run than ``before``, and that one is whole."""
    ledger = read_ledger(link)
    return link.resolve() != before and (ledger.get("state"), ledger.get("pid")) == ("published", os.getpid())
