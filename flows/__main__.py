"""The command line: ``python -m flows COMMAND``. Exit status: 0 published, 1 failed, 2 usage, 3 gate, 4 locked."""

import argparse
import os
import signal
import sys
import traceback
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import NoReturn

from contracts import EXTRACTS
from expectations.bounds import GATES, NAMES
from flows import hook
from flows.errors import FAILED, PUBLISHED, STOPPED, USAGE, NightError, UsageError
from flows.progress import Lines, say
from flows.settings import Settings, as_of_from_environment, cores, default_memory, parse_day, restricted_key_is_set, site_from_environment

#: Commands whose failure somebody has to hear of.
NIGHTS = ("nightly", "backfill")


def main(arguments: list[str] | None = None) -> int:
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        return options.run(options)
    except NightError as error:
        if options.debug:
            traceback.print_exc()
        return _failed(options, str(error), error.status)
    except ImportError as error:
        if options.debug:
            traceback.print_exc()
        return _failed(options, f"{error}; nothing was published. Set up what is missing with make setup", FAILED)
    except KeyboardInterrupt:
        _complain(options, "interrupted; nothing was published", FAILED)
        return FAILED
    except Exception as error:
        if options.debug:
            traceback.print_exc()
        # the message of a library may quote a row: only its kind is told
        reason = f"{options.command} failed inside ({type(error).__name__}); nothing was published. Run again with --debug where no one else reads"
        return _failed(options, reason, FAILED)


def _failed(options: argparse.Namespace, reason: str, status: int) -> int:
    """Say why, and let whoever watches the nights know."""
    _complain(options, reason, status)
    if options.command in NIGHTS:
        hook.tell(reason)
    return status


def _complain(options: argparse.Namespace, reason: str, status: int) -> None:
    """One line for a person, and one for a program that asked for it."""
    print(f"onecover: {reason}", file=sys.stderr)
    if getattr(options, "json", False):
        say("night", state="stopped" if status == STOPPED else "failed", exit_status=status, reason=reason)


class _Parser(argparse.ArgumentParser):
    """Says in one line what is wrong with a command."""

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE, f"onecover: {message}; {self.prog} --help tells what there is\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m flows", description="OneCover: one person, one cover")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    nightly = commands.add_parser("nightly", help="one night: extracts in, decisions and money out")
    nightly.add_argument(
        "--as-of",
        metavar="D",
        help="the day the night speaks for, YYYY-MM-DD (default: ONECOVER_AS_OF, else the newest date in the inbox's file names)",
    )
    nightly.add_argument("--inbox", type=Path, default=Path("inbox"), metavar="DIR")
    nightly.add_argument("--warehouse", type=Path, default=Path("warehouse"), metavar="DIR")
    nightly.add_argument("--policy", default="national", metavar="ID", help="national, or a province's overlay such as jilin")
    nightly.add_argument("--accept", action="append", default=[], metavar="NAME", help="let a named gate pass this once; repeatable")
    nightly.add_argument("--memory", default="", metavar="SIZE", help="memory for the night, such as 4GB (default: half of the machine)")
    nightly.add_argument("--site", type=Path, metavar="DIR", help="the bureau's own header aliases and code maps (default: ONECOVER_SITE)")
    nightly.add_argument(
        "--worklists",
        choices=("pool", "county", "none"),
        help="one workbook for each pooling area or county, or none (default: pool; none where restricted/ is encrypted, as workbooks cannot be)",
    )
    nightly.add_argument("--json", action="store_true", help="for programs: one JSON object a line on standard output")
    nightly.add_argument("--debug", action="store_true", help="show the trace of a failure")
    nightly.set_defaults(run=_nightly)
    rotate = commands.add_parser("rotate-key", help="a new key for person_id, and the mapping from the old ids to the new")
    rotate.add_argument("--warehouse", type=Path, default=Path("warehouse"), metavar="DIR")
    rotate.add_argument("--new-key", type=Path, required=True, metavar="FILE", help="the new key file; made where it does not exist")
    rotate.add_argument("--debug", action="store_true", help="show the trace of a failure")
    rotate.set_defaults(run=_rotate)
    _operations(commands)
    back = commands.add_parser("feedback", help="worklists that clerks returned, as the extract case_feedback of the next night")
    back.add_argument(
        "files", nargs="*", type=Path, metavar="FILES", help="returned workbooks, or folders of them; none: carry earlier returns on"
    )
    back.add_argument("--inbox", type=Path, default=Path("inbox"), metavar="DIR", help="where the next night reads from")
    back.add_argument("--warehouse", type=Path, default=Path("warehouse"), metavar="DIR", help="that published the worklists")
    back.add_argument(
        "--as-of", metavar="D", help="the day of the return, YYYY-MM-DD (default: ONECOVER_AS_OF, else the newest that the workbooks name)"
    )
    back.add_argument("--debug", action="store_true", help="show the trace of a failure")
    back.set_defaults(run=_feedback)
    _explain_parser(commands.add_parser("explain", help="everything published about one enrollment or person"))
    explore = commands.add_parser("explore", help="questions in SQL to what is published: a view for each dataset and night")
    explore.add_argument("--warehouse", type=Path, default=Path("warehouse"), metavar="DIR")
    explore.add_argument("--as-of", metavar="D", help="the night, YYYY-MM-DD (default: ONECOVER_AS_OF, else the newest published)")
    explore.add_argument("--sql", metavar="TEXT", help="answer this and end (default: a prompt, or standard input)")
    explore.add_argument("--restricted", action="store_true", help="see names and certificate numbers, too")
    explore.add_argument("--debug", action="store_true", help="show the trace of a failure")
    explore.set_defaults(run=_explore)
    _whatif_parser(commands.add_parser("whatif", help="which decisions of one night change from one policy to another"))
    checked = commands.add_parser("policy-check", help="whether the policy files can be used: one line for each problem, and a table")
    checked.add_argument("--overlay", type=Path, metavar="FILE", help="a province's file that is not in policy/provinces yet")
    checked.add_argument("--site", type=Path, metavar="DIR", help="the bureau's own header aliases and code maps (default: ONECOVER_SITE)")
    checked.add_argument("--as-of", metavar="D", help="say what a person should have looked at again by that day, YYYY-MM-DD")
    checked.add_argument("--debug", action="store_true", help="show the trace of a failure")
    checked.set_defaults(run=_policy_check)
    return parser


def _operations(commands: argparse._SubParsersAction) -> None:
    """The commands of whoever keeps it running."""
    serve = commands.add_parser("serve", help="a Prefect server, its worker and the nightly schedule, on this machine")
    serve.add_argument("--inbox", type=Path, default=Path("inbox"), metavar="DIR")
    serve.add_argument("--warehouse", type=Path, default=Path("warehouse"), metavar="DIR")
    serve.add_argument("--policy", default="national", metavar="ID")
    serve.add_argument("--port", type=int, default=4200)
    serve.add_argument("--home", type=Path, default=Path(".prefect"), metavar="DIR", help="where the server keeps its records")
    serve.add_argument("--debug", action="store_true", help="show the trace of a failure")
    serve.set_defaults(run=_serve)
    backfill = commands.add_parser("backfill", help="the nights of several days, one after the other, from stored inboxes")
    backfill.add_argument("--from", dest="first", required=True, metavar="D", help="the first day, YYYY-MM-DD")
    backfill.add_argument("--to", dest="last", required=True, metavar="D", help="the last day, included")
    backfill.add_argument("--inboxes", type=Path, default=Path("inboxes"), metavar="DIR", help="one inbox a day in it, as_of=YYYY-MM-DD")
    backfill.add_argument("--warehouse", type=Path, default=Path("warehouse"), metavar="DIR")
    backfill.add_argument("--policy", default="national", metavar="ID")
    backfill.add_argument("--accept", action="append", default=[], metavar="NAME", help="let a named gate pass; repeatable")
    backfill.add_argument("--memory", default="", metavar="SIZE", help="as for nightly")
    backfill.add_argument("--site", type=Path, metavar="DIR", help="as for nightly")
    backfill.add_argument("--debug", action="store_true", help="show the trace of a failure")
    backfill.set_defaults(run=_backfill)
    prune = commands.add_parser("prune", help="remove old nights: all but the newest, and what stopped or failed before them")
    prune.add_argument("--warehouse", type=Path, default=Path("warehouse"), metavar="DIR")
    prune.add_argument("--keep", type=int, default=400, metavar="N", help="how many published nights stay (default: 400, at least 2)")
    prune.add_argument("--debug", action="store_true", help="show the trace of a failure")
    prune.set_defaults(run=_prune)


def _explain_parser(explain: argparse.ArgumentParser) -> None:
    explain.add_argument("id", metavar="ID", help="an enrollment (psn_insu_rlts_id) or a person_id")
    explain.add_argument("--warehouse", type=Path, default=Path("warehouse"), metavar="DIR")
    explain.add_argument(
        "--as-of", metavar="D", help="the night to explain, YYYY-MM-DD (default: ONECOVER_AS_OF, else the newest published)"
    )
    explain.add_argument("--lang", choices=("zh", "en"), default="en", help="Chinese or English (default: en)")
    explain.add_argument("--html", type=Path, metavar="FILE", help="write a page with the time line drawn, in both languages")
    explain.add_argument("--debug", action="store_true", help="show the trace of a failure")
    explain.set_defaults(run=_explain)


def _whatif_parser(whatif: argparse.ArgumentParser) -> None:
    whatif.add_argument("--policy", default="national", metavar="A", help="the policy to compare from (default: national)")
    whatif.add_argument("--against", required=True, metavar="B", help="the policy to compare with")
    whatif.add_argument("--as-of", metavar="D", help="as for nightly")
    whatif.add_argument("--inbox", type=Path, default=Path("inbox"), metavar="DIR")
    whatif.add_argument(
        "--warehouse", type=Path, default=Path("warehouse"), metavar="DIR", help="take the key of person_id from here; only read"
    )
    whatif.add_argument(
        "--out", type=Path, metavar="DIR", help="keep the changed decisions here, as Parquet (default: only the table is shown)"
    )
    whatif.add_argument("--accept", action="append", default=[], metavar="NAME", help="let a named gate pass this once; repeatable")
    whatif.add_argument("--memory", default="", metavar="SIZE", help="memory for the night, such as 4GB (default: half of the machine)")
    whatif.add_argument("--site", type=Path, metavar="DIR", help="the bureau's own header aliases and code maps (default: ONECOVER_SITE)")
    whatif.add_argument("--debug", action="store_true", help="show the trace of a failure")
    whatif.set_defaults(run=_whatif)


def _nightly(options: argparse.Namespace) -> int:
    settings = _settings(options)
    _end_as_by_keyboard()
    from flows.nightly import run_night, summary, told

    if options.json:
        say("night", state="published", exit_status=PUBLISHED, **told(run_night(settings, Lines())))
    else:
        _say(summary(run_night(settings)))
    return PUBLISHED


def _serve(options: argparse.Namespace) -> int:
    from flows.serving import serve

    _end_as_by_keyboard()
    with suppress(KeyboardInterrupt):
        serve(options.inbox, options.warehouse, options.policy, options.port, options.home)
    return PUBLISHED


def _backfill(options: argparse.Namespace) -> int:
    first, last = parse_day(options.first, "--from"), parse_day(options.last, "--to")
    from flows.nightly import run_night, stored_inboxes, summary

    for day, inbox in stored_inboxes(options.inboxes, first, last):
        options.as_of, options.inbox = day.isoformat(), inbox
        _say(summary(run_night(_settings(options))))
    return PUBLISHED


def _prune(options: argparse.Namespace) -> int:
    if options.keep < 2:
        raise UsageError(f"--keep {options.keep}: at least 2 nights stay, tonight's and the one that it carries on from")
    from flows.warehouse import existing

    with existing(options.warehouse) as house:
        removed = house.prune(options.keep)
    _say("\n".join([f"removed {len(removed)} runs", *(f"  {name}" for name in removed)]))
    return PUBLISHED


def _end_as_by_keyboard() -> None:
    """Asked to end, as by a service manager: as if by the keyboard, so that what it works with is removed."""
    with suppress(ValueError):  # only the main thread may say what a signal does
        signal.signal(signal.SIGTERM, signal.default_int_handler)


def settings_of(arguments: list[str]) -> Settings:
    """The settings of a command line that reads an inbox."""
    return _settings(_parser().parse_args(arguments))


def _settings(options: argparse.Namespace) -> Settings:
    """The settings of a command that reads an inbox."""
    for name in options.accept:
        extract, _, gate = name.rpartition(".")
        if gate not in NAMES:
            raise UsageError(f"--accept {name}: no such gate; the gates are {', '.join(GATES)}")
        if "." in name and extract not in EXTRACTS:
            raise UsageError(f"--accept {name}: no such extract; the extracts are {', '.join(EXTRACTS)}")
    as_of = _day(options)
    memory = _bytes(options.memory)
    from flows.nightly import newest_date

    if as_of is None:
        as_of = newest_date(options.inbox)
        print(f"as-of {as_of}: the newest date in the names of the inbox's files", file=sys.stderr)
    site = options.site or site_from_environment()
    return Settings(
        as_of, options.inbox, options.warehouse, options.policy, tuple(options.accept), memory, cores(), site, _worklists(options)
    )


def _worklists(options: argparse.Namespace) -> str:
    """By what worklists are cut: where names are encrypted, nobody gets them in the clear who has not asked for it."""
    return getattr(options, "worklists", None) or ("none" if restricted_key_is_set() else "pool")


def _say(text: str) -> None:
    """Print; who reads a part only, as ``| head`` does, is no failure."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _day(options: argparse.Namespace) -> date | None:
    return parse_day(options.as_of, "--as-of") if options.as_of is not None else as_of_from_environment()


def _explain(options: argparse.Namespace) -> int:
    as_of = _day(options)
    if not options.id.strip():
        raise UsageError("the id is empty; say which enrollment (psn_insu_rlts_id) or person_id to explain")
    from flows.explain import explain, explain_html
    from flows.warehouse import write_private

    if options.html:
        write_private(options.html, explain_html(options.id.strip(), options.warehouse, as_of, options.lang))
        _say(f"{options.html}: open it in a browser; it speaks of a person, keep it to yourself")
    else:
        _say(explain(options.id.strip(), options.warehouse, as_of, options.lang))
    return PUBLISHED


def _explore(options: argparse.Namespace) -> int:
    as_of = _day(options)
    from flows.explore import answer, opened, talk

    with opened(options.warehouse, as_of, options.restricted) as engine:
        if options.restricted:
            print("names and certificate numbers can be seen: keep what you print to yourself", file=sys.stderr)
        if options.sql:
            _say(answer(engine, options.sql))
        else:
            talk(engine)
    return PUBLISHED


def _feedback(options: argparse.Namespace) -> int:
    as_of = _day(options)
    from flows.feedback import feedback

    _say(feedback(options.files, options.inbox, options.warehouse, as_of))
    return PUBLISHED


def _rotate(options: argparse.Namespace) -> int:
    from flows.rotation import rotate

    print(rotate(options.warehouse, options.new_key))
    return PUBLISHED


def _whatif(options: argparse.Namespace) -> int:
    settings = _settings(options)
    from flows.whatif import compare, table

    _say(table(compare(settings, options.against, options.out)))
    return PUBLISHED


def _policy_check(options: argparse.Namespace) -> int:
    as_of = parse_day(options.as_of, "--as-of") if options.as_of is not None else None
    from flows.policy_check import policy_check

    sound, told = policy_check(options.overlay, options.site or site_from_environment(), as_of)
    print(told)
    return PUBLISHED if sound else FAILED


def _bytes(size: str) -> int:
    if not size:
        return default_memory()
    units = {"GB": 10**9, "MB": 10**6, "GIB": 1 << 30, "MIB": 1 << 20}
    for unit, factor in units.items():
        number = size.upper().removesuffix(unit).strip()
        if size.upper().endswith(unit) and number.isdecimal() and int(number) > 0:
            return int(number) * factor
    raise UsageError(f"--memory {size!r} is no size; write it as 4GB or 512MB")


if __name__ == "__main__":
    sys.exit(main())
