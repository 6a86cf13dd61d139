"""Figures as they may be shown: small counts are not, nor money of few people, and none can be worked out from the others.

Disclosure control by cell suppression: counts from one to four, and money of one to four people, are hidden. Where a total is
known, the smallest figure above five is hidden with them: what is left of the total is then never of few people alone. Where the
signs themselves would still give a small count away (six, of "<5" and five or more, are one and five), there is nothing above five
to hide: rows of such a table are left out, and of places the whole column is withheld.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

#: Counts below this are not shown, nor money of fewer people.
SMALLEST = 5
FEW, WITHHELD = f"<{SMALLEST}", "·"


@dataclass(frozen=True)
class Table:
    """Rows with a count each. ``shown``: their counts as text, None where not even the row is told; ``hidden``: those whose count
    is not; ``most``: the largest that is."""

    rows: list[dict]
    shown: list[str | None]
    hidden: list[bool]
    counts: list[int]
    total: int
    most: int

    @classmethod
    def of(cls, rows: Sequence[dict], counted: str, parts: Sequence[Hashable] | None = None, is_total_told: bool = True) -> "Table":
        """``counted``: the column of counts; ``parts``: of each row the total that it is part of; by default there is one. Where no
        total is told anywhere, nothing follows from it: only what is small is hidden."""
        counts = [int(r[counted]) for r in rows]
        shown = marked(counts, parts) if is_total_told else [count(n) for n in counts]
        hidden = [text in (None, FEW, WITHHELD) for text in shown]
        most = max((n for n, hide in zip(counts, hidden, strict=True) if not hide), default=0)  # a bar is not to tell a hidden one
        return cls(list(rows), shown, hidden, counts, sum(counts), most)

    def with_money(self, amounts: Sequence[str], tied: Sequence[bool], is_card_hidden: bool) -> "Table":
        """Without the amounts of few people, of hidden counts, and what is to be hidden with them.

        ``amounts``: columns of yuan, each beside ``people_of_<column>``; ``tied``: whether a row is part of the card at the head
        of the page."""
        people = [[row[f"people_of_{name}"] for name in amounts] for row in self.rows]
        small = [hide or any(map(is_small, of)) for hide, of in zip(self.hidden, people, strict=True)]
        sizes = [max(of) for of in people]
        hidden = list(small)
        card = [at for at, is_tied in enumerate(tied) if is_tied]
        for at, hide in zip(card, with_another([small[n] for n in card], [sizes[n] for n in card], is_card_hidden), strict=True):
            hidden[at] = hide
        rows = [row | dict.fromkeys(amounts) if hide else row for row, hide in zip(self.rows, hidden, strict=True)]
        return replace(self, rows=rows)

    def followed_by(self, other: "Table") -> "Table":
        """The rows of both; each hides its own, so no total of the two may be known where one hides something."""
        parts = (self, other)
        rows, shown, hidden, counts = ([x for t in parts for x in getattr(t, of)] for of in ("rows", "shown", "hidden", "counts"))
        return Table(rows, shown, hidden, counts, sum(counts), max(t.most for t in parts))

    def __iter__(self):
        """(row, count as text, width of its bar in percent; 0 where it is hidden)."""
        for row, text, hide, n in zip(self.rows, self.shown, self.hidden, self.counts, strict=True):
            if text is not None:
                yield row, text, 0 if hide else round(100 * n / max(self.most, 1), 2)


def is_small(n: int) -> bool:
    return 0 < n < SMALLEST


def marked(counts: Sequence[int], parts: Sequence[Hashable] | None = None) -> list[str | None]:
    """The counts of one table as text; None where not even a sign may stand. ``parts``: of each the total that it is part of,
    None where that is the rest of the table: there belong those, too, whose own total is too small to be told."""
    parts, shown = list(parts or [None] * len(counts)), [count(n) for n in counts]
    sums = {part: sum(n for n, p in zip(counts, parts, strict=True) if p == part) for part in parts}
    parts = [None if sums[part] < SMALLEST else part for part in parts]
    for part in dict.fromkeys(parts):
        own = [at for at, p in enumerate(parts) if p == part]
        of_part = [counts[at] for at in own]
        hidden = with_another(list(map(is_small, of_part)), of_part)
        is_given_away = gives_away(of_part, hidden, sum(counts) >= SMALLEST)
        for at, hide in zip(own, hidden, strict=True):
            if hide:
                shown[at] = None if is_given_away else told(counts[at], hide)
    return shown


def gives_away(counts: Sequence[int], hidden: Sequence[bool], is_total_told: bool) -> bool:
    """Whether the total and the signs leave the small counts among the hidden one value: "<5" is one to four, a dot five or more.
    A total that is not told is at least known to be small, too."""
    behind = [n for n, hide in zip(counts, hidden, strict=True) if hide]
    few = sum(map(is_small, behind))
    more, most = len(behind) - few, SMALLEST - 1
    left = sum(behind) if is_total_told else most
    smallest = 1 if more or not is_total_told else max(1, left - most * (few - 1))
    return few > 0 and smallest == min(most, left - (few - 1) - SMALLEST * more)


def with_another(small: Sequence[bool], sizes: Sequence[int], is_total_hidden: bool = False) -> list[bool]:
    """What is hidden of figures whose total is known: the ``small``, and the smallest of the others of ``sizes`` above five, so
    that what is left of the total is of five or more; of exactly five only where there is none, as one and five give themselves
    away. Where the total is hidden, one of its figures is, too."""
    hidden = list(small)
    is_safe = any(hide and n >= SMALLEST for hide, n in zip(small, sizes, strict=True))
    if not is_safe and (is_total_hidden or any(hide and n for hide, n in zip(small, sizes, strict=True))):
        others = [(n == SMALLEST, n, at) for at, n in enumerate(sizes) if n >= SMALLEST]
        if others:
            hidden[min(others)[2]] = True
    return hidden


def of_places(rows: Sequence[Mapping], sizes: str, is_total_hidden: bool = False) -> dict[str, str]:
    """Code -> sign of the places whose figure is hidden: provinces are parts of the card, prefectures of their province.

    ``sizes``: the column that says how many people, or cases, are behind it."""
    found: dict[str, str] = {}

    def hide(of: Sequence[Mapping], below: Sequence[Mapping], sum_of: str | None) -> bool:
        """``sum_of``: the sign in place of their sum; whether nothing at all may be told of them and of those ``below``."""
        numbers = [int(r[sizes]) for r in of]
        hidden = with_another(list(map(is_small, numbers)), numbers, sum_of is not None)
        # of a sum behind a dot there is no more to know than that it is large
        if sum_of != WITHHELD and gives_away(numbers, hidden, sum_of is None and sum(numbers) >= SMALLEST):
            found.update((r["code"], WITHHELD) for r in (*of, *below))
            return True
        found.update((r["code"], told(n, True)) for r, n, h in zip(of, numbers, hidden, strict=True) if h)
        return False

    provinces, prefectures = ([r for r in rows if r["digits"] == digits] for digits in (2, 4))
    if not hide(provinces, prefectures, WITHHELD if is_total_hidden else None):
        for province in provinces:
            hide([r for r in prefectures if r["code"][:2] == province["code"][:2]], (), found.get(province["code"]))
    return found


def told(n: int, hide: bool) -> str:
    """A count as text; a dot in the middle where it is hidden and not small."""
    return WITHHELD if hide and n >= SMALLEST else count(n)


def apart(counts: Mapping[str, int]) -> list[tuple[str, str]]:
    """What a known count is made of, by name: (name, count as text)."""
    names = sorted(counts)
    return [(name, text) for name, text in zip(names, marked([counts[n] for n in names]), strict=True) if text is not None]


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


def observed(verdict: Mapping) -> str:
    """What a check has found; withheld where it would tell that few rows have failed, as a count or as a share of those looked at."""
    return WITHHELD if is_small(verdict["rows_failed"]) else verdict["observed"]


def share(part: int, of: int) -> str:
    """A share in percent, two decimals; nothing where it would tell a small count."""
    return "" if 0 < part < SMALLEST or not of else f"{100 * part / of:.2f}%"


def change(now: int, last: int | None) -> str:
    """The change since the night before, with its sign; nothing where there was none, or where it would tell a small count."""
    if last is None or any(map(is_small, (now, last, abs(now - last)))):
        return ""
    return signed(now - last)


def signed(difference: int | Decimal) -> str:
    text = f"{difference:+,.2f}" if isinstance(difference, Decimal) else f"{difference:+,}"
    return text if difference else "±0"
