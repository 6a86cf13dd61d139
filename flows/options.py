"""What the command line of ``python -m flows`` can be asked, and the settings that follow from it."""

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import NoReturn

from contracts import EXTRACTS
from contracts.reasons import REASONS
from expectations.bounds import GATES, NAMES
from flows.errors import USAGE, UsageError
from flows.progress import tell
from flows.settings import Settings, as_of_from_environment, cores, default_memory, parse_day, restricted_key_is_set, site_from_environment


def _option(*names: str, **what: object) -> tuple[tuple[str, ...], dict[str, object]]:
    """One option or argument, as argparse takes it."""
    return names, what


def _folder(name: str, default: str, **what: object) -> tuple[tuple[str, ...], dict[str, object]]:
    return _option(name, type=Path, default=Path(default), metavar="DIR", **what)


_INBOX, _WAREHOUSE = _folder("--inbox", "inbox"), _folder("--warehouse", "warehouse")
_POLICY = _option("--policy", default="national", metavar="ID")
_ACCEPT = _option("--accept", action="append", default=[], metavar="NAME", help="let a named gate pass this once; repeatable")
_MEMORY = _option("--memory", default="", metavar="SIZE", help="memory for the night, such as 4GB (default: half of the machine)")
_SITE = _option(
    "--site",
    type=Path,
    metavar="DIR",
    help="the bureau's own aliases, code maps, thresholds and protected persons (default: ONECOVER_SITE)",
)
_DEBUG = _option("--debug", action="store_true", help="show the trace of a failure")

#: Command -> what it is for, and its options; every command takes --debug, too.
COMMANDS = {
    "nightly": ("one night: extracts in, decisions and money out", (
        _option("--as-of", metavar="D", help="the day the night speaks for, YYYY-MM-DD (default: ONECOVER_AS_OF, else the newest date in the inbox's file names)"),
        _INBOX,
        _WAREHOUSE,
        _option("--policy", default="national", metavar="ID", help="national, or a province's overlay such as jilin"),
        _ACCEPT,
        _MEMORY,
        _SITE,
        _option("--worklists", choices=("pool", "county", "none"), help="one workbook for each pooling area or county, or none (default: pool; none where restricted/ is encrypted, as workbooks cannot be)"),
        _option("--json", action="store_true", help="for programs: one JSON object a line on standard output"),
    )),
    "rotate-key": ("a new key for person_id, and the mapping from the old ids to the new", (
        _WAREHOUSE,
        _option("--new-key", type=Path, required=True, metavar="FILE", help="the new key file; made where it does not exist"),
    )),
    "serve": ("a Prefect server, its worker and the nightly schedule, on this machine", (
        _INBOX,
        _WAREHOUSE,
        _POLICY,
        _option("--port", type=int, default=4200),
        _folder("--home", ".prefect", help="where the server keeps its records"),
    )),
    "backfill": ("the nights of several days, one after the other, from stored inboxes", (
        _option("--from", dest="first", required=True, metavar="D", help="the first day, YYYY-MM-DD"),
        _option("--to", dest="last", required=True, metavar="D", help="the last day, included"),
        _folder("--inboxes", "inboxes", help="one inbox a day in it, as_of=YYYY-MM-DD"),
        _WAREHOUSE,
        _POLICY,
        _ACCEPT,
        _MEMORY,
        _SITE,
    )),
    "prune": ("remove old nights: all but the newest, and what stopped or failed before them", (
        _WAREHOUSE,
        _option("--keep", type=int, default=400, metavar="N", help="how many published nights stay (default: 400, at least 2)"),
    )),
    "feedback": ("worklists that clerks returned, as the extract case_feedback of the next night", (
        _option("files", nargs="*", type=Path, metavar="FILES", help="returned workbooks, or folders of them; none: carry earlier returns on"),
        _folder("--inbox", "inbox", help="where the next night reads from"),
        _folder("--warehouse", "warehouse", help="that published the worklists"),
        _option("--as-of", metavar="D", help="the day of the return, YYYY-MM-DD (default: ONECOVER_AS_OF, else the newest that the workbooks name)"),
    )),
    "explain": ("everything published about one enrollment or person", (
        _option("id", metavar="ID", help="an enrollment (psn_insu_rlts_id) or a person_id"),
        _WAREHOUSE,
        _option("--as-of", metavar="D", help="the night to explain, YYYY-MM-DD (default: ONECOVER_AS_OF, else the newest published)"),
        _option("--lang", choices=("zh", "en"), default="en", help="Chinese or English (default: en)"),
        _option("--html", type=Path, metavar="FILE", help="write a page with the time line drawn, in both languages"),
    )),
    "explore": ("questions in SQL to what is published: a view for each dataset and night", (
        _WAREHOUSE,
        _option("--as-of", metavar="D", help="the night, YYYY-MM-DD (default: ONECOVER_AS_OF, else the newest published)"),
        _option("--sql", metavar="TEXT", help="answer this and end (default: a prompt, or standard input)"),
        _option("--restricted", action="store_true", help="see names and certificate numbers, too"),
    )),
    "whatif": ("which decisions of one night change from one policy to another", (
        _option("--policy", default="national", metavar="A", help="the policy to compare from (default: national)"),
        _option("--against", required=True, metavar="B", help="the policy to compare with"),
        _option("--as-of", metavar="D", help="as for nightly"),
        _INBOX,
        _folder("--warehouse", "warehouse", help="take the key of person_id from here; only read"),
        _option("--out", type=Path, metavar="DIR", help="keep the changed decisions here, as Parquet (default: only the table is shown)"),
        _ACCEPT,
        _MEMORY,
        _SITE,
    )),
    "policy-check": ("whether the policy files can be used: one line for each problem, and a table", (
        _option("--overlay", type=Path, metavar="FILE", help="a province's file that is not in policy/provinces yet"),
        _SITE,
        _option("--as-of", metavar="D", help="say what a person should have looked at again by that day, YYYY-MM-DD"),
    )),
}  # fmt: skip


#: What no machine has: a number that is written wrongly, and more than the engine can count.
MOST_MEMORY = 1 << 50


class _Parser(argparse.ArgumentParser):
    """Says in one line what is wrong with a command."""

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE, f"onecover: {message}; {self.prog} --help tells what there is\n")


def parser() -> argparse.ArgumentParser:
    """The command line; ``command`` of what it parses is a key of COMMANDS."""
    whole = _Parser(prog="python -m flows", description="OneCover: one person, one cover")
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command, (purpose, options) in COMMANDS.items():
        of_command = commands.add_parser(command, help=purpose)
        for names, what in (*options, _DEBUG):
            of_command.add_argument(*names, **what)
    return whole


def settings_of(options: argparse.Namespace) -> Settings:
    """The settings of a command that reads an inbox."""
    for name in options.accept:
        extract, _, gate = name.rpartition(".")
        if gate not in NAMES and gate.removeprefix("reason_") not in REASONS:
            raise UsageError(f"--accept {name}: no such gate; the gates are {', '.join(GATES)}")
        if "." in name and extract not in EXTRACTS:
            raise UsageError(f"--accept {name}: no such extract; the extracts are {', '.join(EXTRACTS)}")
    as_of = day_of(options)
    memory = _bytes(options.memory)
    if as_of is None:
        from flows.inbox import newest_date

        as_of = newest_date(options.inbox)
        tell(f"as-of {as_of}: the newest date in the names of the inbox's files", sys.stderr)
    site = options.site or site_from_environment()
    return Settings(
        as_of, options.inbox, options.warehouse, options.policy, tuple(options.accept), memory, cores(), site, _worklists(options)
    )


def _worklists(options: argparse.Namespace) -> str:
    """By what worklists are cut: where names are encrypted, nobody gets them in the clear who has not asked for it."""
    return getattr(options, "worklists", None) or ("none" if restricted_key_is_set() else "pool")


def day_of(options: argparse.Namespace) -> date | None:
    """The day of --as-of, else that of the environment, if any."""
    return parse_day(options.as_of, "--as-of") if options.as_of is not None else as_of_from_environment()


def _bytes(size: str) -> int:
    if not size:
        return default_memory()
    units = {"GB": 10**9, "MB": 10**6, "GIB": 1 << 30, "MIB": 1 << 20}
    for unit, factor in units.items():
        number = size.upper().removesuffix(unit).strip()
        if size.upper().endswith(unit) and number.isdecimal() and 0 < int(number) * factor < MOST_MEMORY:
            return int(number) * factor
    raise UsageError(f"--memory {size!r} is no size of a machine's memory; write it as 4GB or 512MB")
