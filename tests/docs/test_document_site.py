"""The documents as pages: every one is there, every link holds, and none needs a network."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from browsing import is_open_to_everybody, launched, needs_chromium, opened
from pages import CHECKOUT, our_files

#: Of a page's own files; a link that a reader may follow is none of them.
FETCHED = re.compile(r"""<(?:script|img|iframe|source)\b[^>]*\bsrc="([^"]+)"|<link\b[^>]*\brel="[^"]*(?:stylesheet|icon|preload)[^"]*"[^>]*\bhref="([^"]+)"|@import|url\((https?:[^)]+)\)""")  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", "-c", "docs/site", "-d", str(out / "trees"), ".", str(out / "html")]  # fmt: skip
    ran = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (0, ""), "a link or a page is broken"
    return out / "html"


def test_every_document_is_a_page_of_it(site):
    documents = [p.relative_to(CHECKOUT) for p in our_files(".md")]
    assert len(documents) > 50
    assert [str(d) for d in documents if not (site / d.with_suffix(".html")).exists()] == []


def test_every_page_is_in_the_table_of_contents(site):
    contents = (site / "docs" / "site" / "index.html").read_text(encoding="utf-8")
    for document in our_files(".md"):
        name = str(document.relative_to(CHECKOUT).with_suffix(".html"))
        shown = name.removeprefix("docs/") if name.startswith("docs/") else f"../{name}"
        assert f'href="../{shown}"' in contents or name == "docs/site/index.html", name


def test_no_page_fetches_anything_from_elsewhere(site):
    pages = [*site.rglob("*.html")]
    assert len(pages) > 20
    for page in pages:
        fetched = [next(filter(None, found), "@import") for found in FETCHED.findall(page.read_text(encoding="utf-8"))]
        assert [f for f in fetched if re.match(r"https?:|//|@import", f)] == []
        assert fetched or page == site / "index.html", "a page has its style, at least; the first one only leads on"


@needs_chromium
def test_it_is_open_to_everybody_in_a_browser(site):
    with launched() as browser:
        for page, scheme, width in (
            ("docs/site/index", "light", 1440),
            ("README", "dark", 360),
            ("README.zh-CN", "light", 360),
            ("docs/rules", "dark", 1440),
        ):
            with opened(browser, site / f"{page}.html", scheme, width) as shown:
                is_open_to_everybody(shown)
