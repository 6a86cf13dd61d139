"""Links lead somewhere, and nothing speaks of a place outside the repository."""

import re
from pathlib import Path

import pytest
from pages import CHECKOUT, headings, links, our_files, page, slug

PAGES = our_files(".md")
SOURCES = (".py", ".sql", ".yaml", ".md", ".toml", ".in", ".lock", ".csv", "Makefile")
#: Folders of some machine, homes, and folders above the checkout. Written so that this file does not name one itself.
OUTSIDE = re.compile(r"(?<![\w.$}~)/-])/(?:[w]ork|[t]mp|[h]ome|[r]oot|[m]nt|[U]sers)/\w|(?<!\w)~[/]\w|\.\./[s]hared")
#: Hosts that hand out packages.
REGISTRY = re.compile(
    r"[p]ypi\.|[p]ythonhosted|[p]ypa\.io|//[^\s/]*(?:[r]egistry|[m]irror|[a]rtifactory|[n]exus|[c]onda|[n]pm)[^\s/]*\.|[i]ndex-url[ =]+\S*://"
)


def broken(file: Path, text: str) -> list[str]:
    """Links of ``text`` that lead to no file of the repository, or to no heading of it."""
    wrong = []
    for target in links(text):
        path, _, anchor = target.partition("#")
        there = (file.parent / path).resolve() if path else file
        is_ours = there.exists() and there.is_relative_to(CHECKOUT)
        if not is_ours or (anchor and anchor not in map(slug, headings(there.read_text(encoding="utf-8")))):
            wrong.append(target)
    return wrong


def elsewhere(text: str) -> list[str]:
    """What a text says of places outside the repository and of hosts that hand out packages."""
    return [match.group() for pattern in (OUTSIDE, REGISTRY) for match in pattern.finditer(text)]


@pytest.mark.parametrize("file", PAGES, ids=lambda p: str(p.relative_to(CHECKOUT)))
def test_every_link_leads_somewhere(file):
    assert broken(file, file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("target", ["docs/none.md", "docs/rules.md#9-nothing", "#no-such-heading", "../outside.md"])
def test_a_broken_link_is_noticed(target):
    assert broken(CHECKOUT / "README.md", f"[a]({target})") == [target]


def test_nothing_speaks_of_a_place_outside():
    files = [*our_files(*SOURCES), CHECKOUT / ".ci" / "run"]
    told = {str(p.relative_to(CHECKOUT)): elsewhere(p.read_text(encoding="utf-8", errors="replace")) for p in files}
    assert {name: places for name, places in told.items() if places} == {}


@pytest.mark.parametrize(
    "place", ["/ho" + "me/me/x", "see /t" + "mp/a.csv", "`../sha" + "red/spec`", "https://py" + "pi.org/simple", "~" + "/notes"]
)
def test_a_place_outside_is_noticed(place):
    assert elsewhere(place) != []


def test_every_decision_is_in_the_index_with_its_title():
    folder = CHECKOUT / "docs" / "decisions"
    listed = re.findall(r"^\| \[(\d{4})\]\(([^)]+)\) \| (.*) \|$", page("docs/decisions/README.md"), re.MULTILINE)
    records = [(p.name[:4], p.name, headings(p.read_text(encoding="utf-8"))[0]) for p in sorted(folder.glob("[0-9]*.md"))]
    assert [(number, name, f"{number} {title}") for number, name, title in listed] == records


@pytest.mark.parametrize("file", sorted((CHECKOUT / "docs/decisions").glob("[0-9]*.md")), ids=lambda p: p.name[:4])
def test_a_decision_is_short_and_complete(file):
    text = file.read_text(encoding="utf-8")
    assert all(f"**{part}" in text for part in ("Context.", "Decision.", "Why.", "Look again"))
    assert len(text.splitlines()) <= 20
    if 11 < int(file.name[:4]) < 80:
        assert "**Which reading never ends a coverage wrongly.**" in text
