"""What one bureau adds to the contract without touching the code: header aliases and code maps of its departments.

The folder of YAML files that says so is read by policy.site; this module says what it can hold.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from contracts.codes import CODE_LISTS

Aliases = Mapping[str, Mapping[str, tuple[str, ...]]]
CodeMap = Mapping[str, str]


@dataclass(frozen=True)
class Site:
    """``aliases``: extract -> column -> headers. ``codes``: code list -> what is written -> code, for every extract;
    ``codes_of``: extract -> the same, for that extract alone. ``version`` changes with the files, for the manifest; "" where
    there are none."""

    aliases: Aliases = field(default_factory=dict)
    codes: Mapping[str, CodeMap] = field(default_factory=dict)
    codes_of: Mapping[str, Mapping[str, CodeMap]] = field(default_factory=dict)
    version: str = ""

    def drift(self, extract: str, code_list: str | None) -> dict[str, str]:
        """What the departments of this site write in a column of ``extract`` -> the code; nothing for a column without a list. It comes before the contract's own
        drift, and before a code of the list: a place may use a code for something else."""
        return {**self.codes.get(code_list, {}), **self.codes_of.get(extract, {}).get(code_list, {})}


NO_SITE = Site()


def is_code(code_list: str, code: str) -> bool:
    """Whether ``code`` is one that the list knows or lets pass."""
    codes = CODE_LISTS[code_list]
    return code in codes.values or (codes.pattern is not None and re.search(codes.pattern, code) is not None)
