"""The command line: ``python -m flows COMMAND``. Exit status: 0 published, 1 failed, 2 usage, 3 gate, 4 locked."""

import argparse
import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from flows import hook, trouble
from flows.errors import FAILED, PUBLISHED, STOPPED, NightError, UsageError
from flows.options import day_of, parser, settings_of
from flows.progress import Lines, say, tell, warn
from flows.run_ledger import is_published_here
from flows.settings import Settings, parse_day, site_from_environment
from flows.warehouse import link_of

#: Commands whose failure somebody has to hear of.
NIGHTS = ("nightly", "backfill")


def main(arguments: list[str] | None = None) -> int:
    _open_what_is_closed()
    options = parser().parse_args(arguments)
    try:
        with trouble.told(lambda: options.command, options.command in NIGHTS):
            return RUN[options.command](options)
    except NightError as error:
        return _failed(options, str(error), error.status)
    except ImportError as error:
        return _failed(options, f"{error}; nothing was published. Set up what is missing with make setup", FAILED)
    except KeyboardInterrupt:
        return _failed(options, "interrupted; nothing was published", FAILED)
    except Exception as error:
        # the message of a library may quote a row: only its kind is told
        reason = f"{options.command} failed inside ({type(error).__name__}); nothing was published. Run again with --debug where no one else reads"
        return _failed(options, reason, FAILED)


def _failed(options: argparse.Namespace, reason: str, status: int) -> int:
    """Let whoever watches the nights know, and say why: in one line for a person, and in one for a program that asked for it."""
    if options.debug:
        traceback.print_exc()
    if options.command in NIGHTS:
        hook.tell(reason)
    tell(f"onecover: {reason}", sys.stderr)
    if getattr(options, "json", False):
        say("night", state="stopped" if status == STOPPED else "failed", exit_status=status, reason=reason)
    return status


def _nightly(options: argparse.Namespace) -> int:
    settings = settings_of(options)
    _end_as_by_keyboard()
    from flows.nightly import run_night, summary, summary_fields

    if options.json:
        published = {"state": "published", "exit_status": PUBLISHED}
        if not _publish(settings, lambda: say("night", **published, **summary_fields(run_night(settings, Lines())))):
            say("night", **published, as_of=settings.as_of.isoformat(), run=str(link_of(settings.warehouse, settings.as_of)))
    else:
        _publish(settings, lambda: _say(summary(run_night(settings))))
    return PUBLISHED


def _publish(settings: Settings, night: Callable[[], object]) -> bool:
    """Run a night and tell of it. Once it is published, whatever fails is a warning: the night stands. Returns whether nothing did."""
    link = link_of(settings.warehouse, settings.as_of)
    before = link.resolve()
    try:
        night()
    except BaseException as error:
        if not is_published_here(link, before):
            raise
        warn(f"{link} is published; what came after it failed ({type(error).__name__})")
        return False
    return True


def _serve(options: argparse.Namespace) -> int:
    from flows.inbox import check_inbox
    from flows.nightly import load_policy
    from flows.serving import serve
    from flows.settings import now

    _end_as_by_keyboard()
    with suppress(KeyboardInterrupt):
        check_inbox(options.inbox)
        load_policy(options.policy, now().date())
        serve(options.inbox, options.warehouse, options.policy, options.port, options.home)
    return PUBLISHED


def _backfill(options: argparse.Namespace) -> int:
    first, last = parse_day(options.first, "--from"), parse_day(options.last, "--to")
    _end_as_by_keyboard()
    from flows.inbox import days_without, stored_inboxes
    from flows.nightly import run_night, summary

    found = stored_inboxes(options.inboxes, first, last)
    if missing := days_without(found, first, last):
        warn(f"{len(missing)} day(s) from {missing[0]} to {missing[-1]} have no inbox in {options.inboxes}; no night is published of them")
    for day, inbox in found:
        options.as_of, options.inbox = day.isoformat(), inbox
        settings = settings_of(options)
        _publish(settings, lambda settings=settings: _say(summary(run_night(settings))))
    return PUBLISHED


def _prune(options: argparse.Namespace) -> int:
    if options.keep < 2:
        raise UsageError(f"--keep {options.keep}: at least 2 nights stay, tonight's and the one that it carries on from")
    from flows.warehouse import existing

    with existing(options.warehouse) as house:
        removed = house.prune(options.keep)
    _say("\n".join([f"removed {len(removed)} runs", *(f"  {name}" for name in removed)]))
    return PUBLISHED


def _end_as_by_keyboard(*signals: int) -> None:
    """Asked to end, as by a service manager: as if by the keyboard, so that what it works with is removed."""
    from transforms.engine import interrupt

    def end(*_: object) -> NoReturn:
        interrupt()
        raise KeyboardInterrupt

    with suppress(ValueError):  # only the main thread may say what a signal does
        for number in signals or (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup leaves it
                signal.signal(number, end)


def _open_what_is_closed() -> None:
    """A stream that the caller has closed (``2>&-``) leads nowhere; else the next file that is opened would get its number, and whatever
    a library writes to it."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode))  # noqa: SIM115 - open as long as the process is


def _say(text: str) -> int:
    """Print, and return the status of a command of which this is all. Who reads a part only, as ``| head`` does, is no failure."""
    error = tell(text, sys.stdout)
    if error is None or isinstance(error, BrokenPipeError):
        return PUBLISHED
    warn(f"standard output cannot be written ({error.strerror}); what it was to say is lost")
    return FAILED


def _explain(options: argparse.Namespace) -> int:
    as_of = day_of(options)
    if not options.id.strip():
        raise UsageError("the id is empty; say which enrollment (psn_insu_rlts_id) or person_id to explain")
    from flows.disk import write_private
    from flows.explain import explain, explain_html

    if options.html:
        _check_is_replaceable(options.html)
        write_private(options.html, explain_html(options.id.strip(), options.warehouse, as_of, options.lang))
        _say(f"{options.html}: open it in a browser; it speaks of a person, keep it to yourself")
        return PUBLISHED
    return _say(explain(options.id.strip(), options.warehouse, as_of, options.lang))


def _check_is_replaceable(path: Path) -> None:
    """A device or a pipe is used by others: a page in its place would break them. /dev/stdout is a link, which may lead to a file."""
    of_system = path.is_symlink() and path.absolute().is_relative_to("/dev")
    if of_system or (path.exists() and not path.is_file()):
        raise UsageError(f"--html {path} is no plain file; name a new file, or one that may be replaced")


def _explore(options: argparse.Namespace) -> int:
    as_of = day_of(options)
    from flows.explore import answer, given, opened, talk

    _end_as_by_keyboard(signal.SIGINT)
    question = options.sql or given()

    with opened(options.warehouse, as_of, options.restricted) as engine:
        if options.restricted:
            tell("names and certificate numbers can be seen: keep what you print to yourself", sys.stderr)
        if question is not None:
            return _say(answer(engine, question))
        talk(engine)
    return PUBLISHED


def _feedback(options: argparse.Namespace) -> int:
    as_of = day_of(options)
    from flows.feedback import feedback

    _say(feedback(options.files, options.inbox, options.warehouse, as_of))
    return PUBLISHED


def _rotate(options: argparse.Namespace) -> int:
    from flows.rotation import rotate

    _say(rotate(options.warehouse, options.new_key))
    return PUBLISHED


def _whatif(options: argparse.Namespace) -> int:
    settings = settings_of(options)
    _end_as_by_keyboard(signal.SIGINT)
    from flows.whatif import compare
    from flows.whatif_table import table

    return _say(table(compare(settings, options.against, options.out)))


def _policy_check(options: argparse.Namespace) -> int:
    as_of = parse_day(options.as_of, "--as-of") if options.as_of is not None else None
    from flows.policy_check import policy_check

    sound, told = policy_check(options.overlay, options.site or site_from_environment(), as_of)
    return max(_say(told), PUBLISHED if sound else FAILED)


RUN = {
    "nightly": _nightly,
    "rotate-key": _rotate,
    "serve": _serve,
    "backfill": _backfill,
    "prune": _prune,
    "feedback": _feedback,
    "explain": _explain,
    "explore": _explore,
    "whatif": _whatif,
    "policy-check": _policy_check,
}

if __name__ == "__main__":
    sys.exit(main())
