"""What the tests of documents ask of a page: its sections, the rows of its tables, the names between backticks, its links."""

import re
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
#: Folders that hold nothing of ours: what tools make, and what a night makes.
NOT_OURS = {"__pycache__", "warehouse", "inbox", "out", "node_modules"}
_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def page(name: str) -> str:
    return (CHECKOUT / name).read_text(encoding="utf-8")


def our_files(*endings: str) -> list[Path]:
    """Files of the checkout with one of the endings, hidden folders and what tools made left out."""
    found = (p for p in CHECKOUT.rglob("*") if p.is_file() and p.name.endswith(endings))
    return sorted(p for p in found if not any(part.startswith(".") or part in NOT_OURS for part in p.relative_to(CHECKOUT).parts[:-1]))


def without_code(text: str) -> str:
    return _FENCE.sub("", text)


def headings(text: str) -> list[str]:
    return re.findall(r"^#+ (.*)$", without_code(text), re.MULTILINE)


def sections(text: str, level: int) -> dict[str, str]:
    """Heading -> what stands below it, up to the next heading of this level or a higher one."""
    parts = re.split(rf"^(?=#{{1,{level}}} )", without_code(text), flags=re.MULTILINE)
    heads = [p.split("\n", 1) for p in parts if re.match(rf"#{{{level}}} ", p)]
    return {head.lstrip("# "): rest for head, rest in heads}


def rows(text: str, first_head: str) -> list[list[str]]:
    """Cells of every table whose first column is headed ``first_head``, without the head."""
    found, inside = [], False
    for line in text.splitlines():
        cells = [c.strip() for c in line.strip().strip("|").split("|")] if line.startswith("|") else None
        if cells is None:
            inside = False
        elif inside and not set(line) <= set("|- "):
            found.append(cells)
        elif cells[0] == first_head:
            inside = True
    return found


def names(text: str) -> list[str]:
    """What stands between backticks, blocks of code left out."""
    return re.findall(r"`([^`\n]+)`", without_code(text))


def links(text: str) -> list[str]:
    """Targets of the links that stay inside the repository."""
    return [t for t in _LINK.findall(without_code(text)) if not re.match(r"[a-z]+:", t)]


def slug(heading: str) -> str:
    """The anchor of a heading: lower case, no punctuation, hyphens for blanks."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
    return re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
