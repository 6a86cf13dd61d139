"""Errors that a person can act on: one line that says what is wrong, where, and what to do; and the exit status."""

PUBLISHED, FAILED, USAGE, STOPPED, LOCKED = range(5)


class NightError(Exception):
    """The night cannot go on. Never carries a value of a row."""

    status = FAILED


class UsageError(NightError):
    """The command was called in a way that cannot be carried out."""

    status = USAGE


class UnreadableFile(NightError):
    """A file of the inbox cannot be read; names the file, the first bad place and what was expected."""

    def __init__(self, file: str, place: str, expected: str):
        self.parts = file, place, expected
        super().__init__(f"{file}: {place}; expected {expected}. Ask the department for the file again, nothing was published.")

    def __reduce__(self):
        """So that it comes back whole from a worker process."""
        return type(self), self.parts


class PassingTrouble(NightError):
    """Something that may be gone when the night is tried again: a network folder, a killed process, a file still arriving."""


class DamagedPublication(NightError):
    """The night to go on from is not as it was published."""


class GateStopped(NightError):
    """A data gate failed; nothing is published and the last publication stays."""

    status = STOPPED


class WarehouseLocked(NightError):
    """Another run holds the warehouse."""

    status = LOCKED
