"""The command line: ``python -m flows COMMAND``. Exit status: 0 published, 1 failed, 2 usage, 3 gate, 4 locked."""

import argparse
import sys
import traceback
from pathlib import Path

from expectations.bounds import GATES
from flows.errors import FAILED, PUBLISHED, NightError, UsageError
from flows.settings import Settings, as_of_from_environment, cores, default_memory, parse_day, site_from_environment


def main(arguments: list[str] | None = None) -> int:
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        return options.run(options)
    except NightError as error:
        if options.debug:
            traceback.print_exc()
        print(f"onecover: {error}", file=sys.stderr)
        return error.status
    except KeyboardInterrupt:
        print("onecover: interrupted; nothing was published", file=sys.stderr)
        return FAILED
    except Exception as error:
        if options.debug:
            traceback.print_exc()
        # the message of a library may quote a row: only its kind is told
        print(
            f"onecover: the night failed inside ({type(error).__name__}); nothing was published. Run again with --debug where no one else reads",
            file=sys.stderr,
        )
        return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m flows", description="OneCover: one person, one cover")
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
    nightly.add_argument("--memory", default="", metavar="SIZE", help="memory for the engine, such as 4GB (default: half of the machine)")
    nightly.add_argument("--site", type=Path, metavar="DIR", help="the bureau's own header aliases and code maps (default: ONECOVER_SITE)")
    nightly.add_argument("--debug", action="store_true", help="show the trace of a failure")
    nightly.set_defaults(run=_nightly)
    return parser


def _nightly(options: argparse.Namespace) -> int:
    unknown = [a for a in options.accept if a.rpartition(".")[2] not in GATES]
    if unknown:
        raise UsageError(f"--accept {unknown[0]}: no such gate; the gates are {', '.join(GATES)}")
    as_of = parse_day(options.as_of, "--as-of") if options.as_of is not None else as_of_from_environment()
    memory = _bytes(options.memory)
    from flows.nightly import newest_date, run_night, summary

    if as_of is None:
        as_of = newest_date(options.inbox)
        print(f"as-of {as_of}: the newest date in the names of the inbox's files", file=sys.stderr)
    site = options.site or site_from_environment()
    night = run_night(Settings(as_of, options.inbox, options.warehouse, options.policy, tuple(options.accept), memory, cores(), site))
    print(summary(night))
    return PUBLISHED


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
