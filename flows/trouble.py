"""What the machine may do to a night, told in one line: full disks, lost folders, killed processes. Never a library's own words."""

import errno
from collections.abc import Callable, Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

from flows.errors import NightError, PassingTrouble

#: errno, and how libraries that lose it say the same, in one way or another; what is wrong, and what to do.
_DISK = (
    (errno.ENOSPC, "no space left", "the disk is full", "Free some space (make prune) or name another --warehouse"),
    (errno.EDQUOT, "quota exceeded", "the disk quota is used up", "Free some space (make prune) or have the quota raised"),
    (errno.EFBIG, "file too large", "a file grows beyond the limit that is set for this user", "Raise the limit (ulimit -f)"),
    (errno.EROFS, "read-only file system", "the file system of the warehouse is read-only", "Have it mounted for writing"),
    # numpy writes a part of an array and does not say why
    (
        errno.ENOSPC,
        "requested and",
        "the disk is full, or a limit of this user's is reached",
        "Free some space (make prune), raise the limit (ulimit -f, quota) or name another --warehouse",
    ),
    (errno.EMFILE, "too many open files", "too many files are open", "Raise the limit (ulimit -n)"),
)
#: Commands that publish nothing work in the folder for temporary files.
_OF_OTHERS = ("name another --warehouse", "name a larger folder with TMPDIR")
_PASSING = (
    (errno.EIO, "input/output error", "the disk or the network folder fails to read or write", "Look at the system's log"),
    (errno.ESTALE, "stale file handle", "a network folder went away", "Mount it again"),
    (errno.ENOENT, "no such file or directory | no files found", "a folder or file of the night vanished", "See who removes files in the warehouse and the inbox"),
    (errno.ENOTDIR, "not a directory", "a folder of the night was replaced", "See who changes the warehouse"),
    (errno.EACCES, "permission denied", "a folder or file may not be read or written", "See the owner and the modes of inbox and warehouse"),
    (errno.EPERM, "operation not permitted", "a folder or file may not be changed", "See the owner and the modes of inbox and warehouse"),
    (errno.ETIMEDOUT, "timed out", "a network folder does not answer", "Look at the network"),
)  # fmt: skip


@contextmanager
def told(where: Callable[[], str], is_night: bool = True) -> Iterator[None]:
    """Turn what the machine did into an error of one line. ``where``: the step or the command, for the line."""
    try:
        yield
    except NightError:
        raise
    except Exception as error:
        found = recognized(error)
        if found is None:
            raise
        kind, what, remedy = found
        if is_night:
            raise kind(
                f"{what} (in {where()}); nothing was published, the last publication stays. {remedy}, then run the night again"
            ) from None
        raise kind(f"{what} (in {where()}). {remedy.replace(*_OF_OTHERS)}, then try again") from None


def recognized(error: BaseException) -> tuple[type[NightError], str, str] | None:
    """The kind of error, what is wrong and what to do; None where it is none of the machine's doing."""
    if isinstance(error, BrokenProcessPool):
        return PassingTrouble, "a worker process was killed, perhaps for want of memory", "Give it more memory, or less with --memory"
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryException":
        # the engine calls it out of memory, too, when the disk has no room left for what it spills
        full = "disk" in str(error).lower() or "max_temp_directory_size" in str(error)
        if full:
            return (
                NightError,
                "neither the memory nor the disk holds what the night works with",
                "Free some space or give it more with --memory",
            )
        return NightError, "the memory does not hold what the night works with", "Give it more with --memory"
    is_io = isinstance(error, OSError) or type(error).__name__ in ("IOException", "ComputeError", "ArrowException")
    if not is_io:
        return None
    number, text = getattr(error, "errno", None), str(error).lower()
    for kind, known in ((NightError, _DISK), (PassingTrouble, _PASSING)):
        for code, words, what, remedy in known:
            if number == code or any(w in text for w in words.split(" | ")):
                return kind, what, remedy
    return None
