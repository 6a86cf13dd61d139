"""What is wrong with the files of policy: all problems, and an id that none of them defines."""

from collections.abc import Iterator
from contextlib import contextmanager

from contracts.strict_yaml import FileError


class Problems:
    """What is wrong, key by key. A load stops at the first problem; a check collects them (`stop` is false)."""

    def __init__(self, stop: bool = True) -> None:
        self.stop = stop
        self.found: list[FileError] = []

    @contextmanager
    def of_one(self) -> Iterator[None]:
        """Around the reading of one key: what is wrong with it leaves the others to be read."""
        try:
            yield
        except FileError as error:
            if self.stop:
                raise
            self.found.append(error)


class UnknownPolicy(ValueError):
    """A policy id that no file defines."""

    def __init__(self, policy_id: str, known: list[str]) -> None:
        self.policy_id, self.known = policy_id, known
        super().__init__(f"unknown policy {policy_id!r}. Use one of: {', '.join(known)}.")

    def __reduce__(self):
        return type(self), (self.policy_id, self.known)
