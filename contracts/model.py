"""The three words of a contract: a column, a field (a column inside an extract), and the types both may have."""

from dataclasses import dataclass
from datetime import date

#: Logical type -> Arrow type. Money is yuan with two decimals, never a float; a month is year * 12 + (month - 1).
ARROW_TYPES = {
    "text": "string",
    "date": "date32",
    "timestamp": "timestamp[us]",
    "month": "int32",
    "money": "decimal(12,2)",
    "int32": "int32",
    "int64": "int64",
    "boolean": "bool",
    "texts": "list<string>",
    "evidence": "list<struct<fact: string, value: string, extract: string, row_key: string>>",
    "identifiers": "list<struct<kind: string, canonical: string>>",
    "raw": "map<string, string>",
}


def month_of(day: date) -> int:
    """The month of a day as the type "month" has it."""
    return day.year * 12 + day.month - 1


@dataclass(frozen=True)
class Column:
    """One column, defined once for the whole project.

    ``type`` is a key of ARROW_TYPES, ``zh`` the label on lists and pages, ``personal`` is true where a value
    names or identifies a person and therefore never leaves ``restricted/`` and ``worklists/``.
    """

    name: str
    type: str
    zh: str
    meaning: str
    personal: bool = False

    def __post_init__(self) -> None:
        if self.type not in ARROW_TYPES:
            raise ValueError(f"contracts: column {self.name} has the unknown type {self.type!r}")


@dataclass(frozen=True)
class Field:
    """A column as an extract carries it.

    ``header``: the file cannot be read without this column. ``filled``: a row without a value is quarantined:
    ``missing_key``, ``id_missing``, ``bad_date`` or ``unknown_code``, by what the column is. ``codes``: the code list
    (contracts.codes) that the value must come from.
    """

    column: Column
    header: bool = False
    filled: bool = False
    codes: str | None = None

    @property
    def name(self) -> str:
        return self.column.name

    @property
    def is_place(self) -> bool:
        """Whether its values are codes of divisions or pools."""
        return self.name.endswith(("admdvs", "poolarea_no"))
