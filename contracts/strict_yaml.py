"""Reads one file of YAML that people write (policy, gates, a site folder), strictly: what is not understood stops the load.

Every scalar is read as the text that was written (yaml's BaseLoader), then typed by what its place expects: so 02
stays a code, `no` is never a boolean by accident, and 2024-31-01 is refused instead of being taken for 31 January.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml


class FileError(Exception):
    """A file that must not be used, or a value of it that is asked for before it exists; one line: file, key, reason, what to do."""

    def __init__(self, file: str, key: str, reason: str, remedy: str) -> None:
        self.file, self.key, self.reason, self.remedy = file, key, " ".join(reason.split()), remedy
        super().__init__(f"{file}: {key or '(whole file)'}: {self.reason}. {remedy}.")

    def __reduce__(self):
        return type(self), (self.file, self.key, self.reason, self.remedy)


class _StrictLoader(yaml.CBaseLoader):
    """yaml without guesses: texts only, no key twice, no aliases. Parsed by libyaml: this stands before every command."""

    def construct_object(self, node, deep=False):
        # an alias stands for the very node that its anchor names
        if node in self.constructed_objects or node in self.recursive_objects:
            raise yaml.MarkedYAMLError(problem="aliases are not allowed", problem_mark=node.start_mark)
        return super().construct_object(node, deep)

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(problem="a key must be a plain text", problem_mark=key.start_mark)
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"duplicate key {key.value!r}", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


@dataclass(frozen=True)
class Node:
    """A place in a file: every question that is asked of it either answers with the right type or names the place."""

    file: str
    key: str
    data: Any

    def fail(self, reason: str, remedy: str) -> FileError:
        return FileError(self.file, self.key, reason, remedy)

    def at(self, name: str) -> "Node":
        return Node(self.file, f"{self.key}.{name}" if self.key else name, self.data[name])

    def mapping(self, required: tuple[str, ...] = (), optional: tuple[str, ...] | None = ()) -> dict[str, "Node"]:
        """The children. `optional=None` allows any further key."""
        if not isinstance(self.data, dict):
            raise self.fail("wrong type, a mapping is expected", "Write it as `key: value` lines")
        if optional is not None and (unknown := [k for k in self.data if k not in (*required, *optional)]):
            raise self.fail(f"unknown key {unknown[0]!r}", f"Use only: {', '.join((*required, *optional))}")
        if missing := [k for k in required if k not in self.data]:
            raise self.fail(f"missing {missing[0]!r}", f"Add `{missing[0]}:` here")
        return {name: self.at(name) for name in self.data}

    def items(self) -> list["Node"]:
        if not isinstance(self.data, list):
            raise self.fail("wrong type, a list is expected", "Write it as [a, b]")
        return [Node(self.file, f"{self.key}[{i}]", item) for i, item in enumerate(self.data)]

    def is_null(self) -> bool:
        return isinstance(self.data, str) and self.data == "null"

    def text(self) -> str:
        if not isinstance(self.data, str):
            raise self.fail("wrong type, a text is expected", "Write one value")
        if not self.data.strip() or self.is_null():
            raise self.fail("empty", "Write a text")
        return " ".join(self.data.split())

    def one_of(self, choices: tuple[str, ...], what: str = "value") -> str:
        if (text := self.text()) not in choices:
            raise self.fail(f"unknown {what} {text!r}", f"Use one of: {', '.join(choices)}")
        return text

    def integer(self, minimum: int, maximum: int) -> int:
        text = self.text()
        if not re.fullmatch(r"-?(0|[1-9][0-9]{0,8})", text):
            raise self.fail(f"wrong type, {text!r} is not a whole number", "Write digits only")
        if not minimum <= int(text) <= maximum:
            raise self.fail(f"{text} is outside {minimum}..{maximum}", "Write a value inside the range")
        return int(text)

    def decimal(self, maximum: int) -> Decimal:
        text = self.text()
        if not re.fullmatch(r"(0|[1-9][0-9]{0,8})(\.[0-9]{1,2})?", text):
            raise self.fail(f"wrong type, {text!r} is no amount with at most two decimals", "Write it like 66.67")
        if Decimal(text) > maximum:
            raise self.fail(f"{text} is outside 0..{maximum}", "Write a value inside the range")
        return Decimal(text)

    def number(self) -> float:
        text = self.text()
        if not re.fullmatch(r"(0|[1-9][0-9]{0,8})(\.[0-9]{1,6})?", text):
            raise self.fail(f"wrong type, {text!r} is no number from 0", "Write it like 0.05")
        return float(text)

    def boolean(self) -> bool:
        if (text := self.text()) not in ("true", "false"):
            raise self.fail(f"wrong type, {text!r} is not true or false", "Write true or false")
        return text == "true"

    def day(self) -> date:
        return as_date(self.text(), self)


def as_date(text: str, place: Node) -> date:
    """A real day, as YYYY-MM-DD."""
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise place.fail(f"impossible date {text!r}", "Write a real date as YYYY-MM-DD") from None


#: What a Chinese keyboard, or a copied text, puts in the place of a sign of YAML -> its name, and what YAML knows.
_LOOKALIKES = {
    "：": ("full-width ：", "an ASCII : with a space behind it"),
    "，": ("full-width ，", "an ASCII ,"),
    "\u3000": ("full-width space (U+3000)", "an ASCII space"),
    "\u00a0": ("no-break space (U+00A0)", "an ASCII space"),
}
_QUOTED_OR_COMMENT = re.compile(r"""(?<=[\s:：,，{\[])(?:"(?:[^"\\]|\\.)*"|'[^']*')|(?:^|(?<=\s))#.*""")


def _lookalike(text: str, last: int) -> tuple[int, str] | None:
    """(line, character): the last one, up to the line ``last``, that stands where YAML has a sign of its own. In a text such
    characters are right: what counts is what comes before the value, and everything in a line with brackets."""
    found = None
    for number, line in enumerate(text.split("\n")[:last], 1):
        head, colon, value = _QUOTED_OR_COMMENT.sub(" ", line).partition(": ")
        has_brackets = "{" in head or "[" in head or value.startswith(("{", "["))
        signs = head + colon + value if has_brackets else head.replace("，", "")
        found = next(((number, sign) for sign in signs if sign in _LOOKALIKES), found)
    return found


def _not_yaml(name: str, text: str, error: yaml.MarkedYAMLError) -> FileError:
    """The parser often notices a wrong sign only lines later."""
    mark = error.problem_mark or error.context_mark
    if mark and (found := _lookalike(text, mark.line + 1)):
        line, sign = found
        what, meant = _LOOKALIKES[sign]
        return FileError(name, f"line {line}", f"YAML: a {what} ({error.problem})", f"Write {meant}")
    return FileError(name, f"line {mark.line + 1}" if mark else "", f"YAML: {error.problem}", "Correct the line")


def read_file(root: Path, name: str) -> tuple[Node, bytes]:
    """The top of the file `root/name`, and its bytes as they were read."""
    path, name = root / name, f"{root.name}/{name}"
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise FileError(name, "", f"cannot be read ({error.strerror})", "Restore the file") from None
    try:
        text = raw.decode("utf-8-sig")
        data = yaml.load(text, Loader=_StrictLoader)  # a BaseLoader: builds texts only
    except UnicodeDecodeError:
        raise FileError(name, "", "not UTF-8", "Save the file as UTF-8") from None
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(name, text, error) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise FileError(name, "", f"YAML: {error}", "Correct the file") from None
    return Node(name, "", data), raw
