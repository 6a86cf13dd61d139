"""What a Prefect server runs every night: the same command, tried again where what went wrong may pass."""

import time

from prefect import flow
from prefect.states import Failed, State

from flows import hook
from flows.errors import NightError, PassingTrouble
from flows.nightly import run_night
from flows.options import parser, settings_of

#: Tries of one night, and the seconds before the second; before the third it is twice as long.
TRIES, PAUSE = 3, 300


@flow(name="scheduled-night", persist_result=False)
def scheduled(inbox: str, warehouse: str, policy: str = "national", as_of: str = "", accept: list[str] | None = None) -> State | None:
    """The arguments are those of ``python -m flows nightly``. A night that fails fails here, too, with its one line."""
    arguments = ["nightly", "--inbox", inbox, "--warehouse", warehouse, "--policy", policy]
    arguments += ["--as-of", as_of] if as_of else []
    arguments += [part for name in accept or () for part in ("--accept", name)]
    told = ""
    for attempt in range(1, TRIES + 1):
        try:
            run_night(settings_of(parser().parse_args(arguments)))
            return None
        except PassingTrouble as error:
            told = f"{error} (tried {attempt} times)"
        except NightError as error:
            return _failed(str(error))
        except Exception as error:  # its words may quote a row
            return _failed(f"failed inside ({type(error).__name__})")
        if attempt < TRIES:
            time.sleep(PAUSE * attempt)
    return _failed(told)


def _failed(reason: str) -> State:
    hook.tell(reason)
    return Failed(message=reason)
