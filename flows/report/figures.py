"""Figures as they may be shown: small counts are not, and none can be worked out from the others of its table.

Disclosure control by cell suppression: counts from one to four, and where only one cell of a table is hidden the next
smallest, too, since the total would give it away.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

#: Counts below this are not shown.
SMALLEST = 5
FEW, WITHHELD = f"<{SMALLEST}", "·"


@dataclass(frozen=True)
class Table:
    """Rows with a count each. ``shown``: their counts as text; ``hidden``: those that are not; ``most``: the largest count."""

    rows: list[dict]
    shown: list[str]
    hidden: list[bool]
    counts: list[int]
    total: int
    most: int

    @classmethod
    def of(cls, rows: Sequence[dict], counted: str, *amounts: str) -> "Table":
        """``counted``: the column of counts; ``amounts``: columns of yuan that are hidden with it."""
        counts = [int(r[counted]) for r in rows]
        hidden = concealed(counts)
        kept = [r | dict.fromkeys(amounts) if hide else r for r, hide in zip(rows, hidden, strict=True)]
        shown = [count(n) if not hide or n < SMALLEST else WITHHELD for n, hide in zip(counts, hidden, strict=True)]
        return cls(kept, shown, hidden, counts, sum(counts), max(counts, default=0))

    def __iter__(self):
        """(row, count as text, width of its bar in percent; 0 where it is hidden)."""
        for row, text, hide, n in zip(self.rows, self.shown, self.hidden, self.counts, strict=True):
            yield row, text, 0 if hide else round(100 * n / max(self.most, 1), 2)


def concealed(counts: Sequence[int]) -> list[bool]:
    """Which of the counts of one table are not shown."""
    hidden = [0 < n < SMALLEST for n in counts]
    others = [(n, at) for at, n in enumerate(counts) if n >= SMALLEST]
    if sum(hidden) == 1 and others:
        hidden[min(others)[1]] = True
    return hidden


def count(n: int) -> str:
    """With thousands separators; "<5" for one to four."""
    return FEW if 0 < n < SMALLEST else f"{n:,}"


def amount(yuan: Decimal | None) -> str:
    """Yuan with two decimals; a dot in the middle where it is withheld."""
    return WITHHELD if yuan is None else f"{yuan:,.2f}"


def accepted(extract: Mapping[str, int]) -> str:
    """Rows accepted; withheld where they would tell how few were not: rows read are shown."""
    small = any(0 < extract[name] < SMALLEST for name in ("quarantined", "copies", "superseded"))
    return WITHHELD if small else count(extract["accepted"])


def share(part: int, of: int) -> str:
    """A share in percent, two decimals; nothing where it would tell a small count."""
    return "" if 0 < part < SMALLEST or not of else f"{100 * part / of:.2f}%"


def change(now, last) -> str:
    """The change since the night before, with its sign; nothing where there was none, or where it would tell a small count."""
    if last is None or any(0 < n < SMALLEST for n in (now, last, abs(now - last))):
        return ""
    difference = now - last
    text = f"{difference:+,.2f}" if isinstance(difference, Decimal) else f"{difference:+,}"
    return "±0" if difference == 0 else text
