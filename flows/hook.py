"""Tells the bureau that a night failed: runs a command of its own, such as mail or curl, with the one-line reason."""

import shlex
import subprocess
import sys

from flows import progress
from flows.settings import HOOK_VARIABLE, failure_command

SECONDS = 60


def tell(reason: str) -> None:
    """Run the command that ONECOVER_ON_FAILURE names, without a shell, with ``reason`` on its standard input."""
    command = failure_command()
    if not command:
        return
    try:
        subprocess.run(shlex.split(command), input=reason + "\n", text=True, timeout=SECONDS, check=True, capture_output=True)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        progress.tell(f"{HOOK_VARIABLE} did not work ({type(error).__name__}); nobody was told", sys.stderr)
