"""What can be wrong with a policy, always said in one line: file, key, reason, what to do."""

from collections.abc import Iterator
from contextlib import contextmanager


class PolicyError(Exception):
    """A policy file that must not be used, or a value that is asked for before it exists."""

    def __init__(self, file: str, key: str, reason: str, remedy: str) -> None:
        self.file, self.key, self.reason, self.remedy = file, key, " ".join(reason.split()), remedy
        super().__init__(f"{file}: {key or '(whole file)'}: {self.reason}. {remedy}.")

    def __reduce__(self):
        return type(self), (self.file, self.key, self.reason, self.remedy)


class Problems:
    """What is wrong, key by key. A load stops at the first problem; a check collects them (`stop` is false)."""

    def __init__(self, stop: bool = True) -> None:
        self.stop = stop
        self.found: list[PolicyError] = []

    @contextmanager
    def of_one(self) -> Iterator[None]:
        """Around the reading of one key: what is wrong with it leaves the others to be read."""
        try:
            yield
        except PolicyError as error:
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
