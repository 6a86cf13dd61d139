"""`explain --html`: the same as the text, in both languages, with what is known of time drawn to scale."""

import html
import re
import stat
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from inbox import AS_OF
from nights import FAILED, PUBLISHED, read, run_here

from flows.explain import explain, pages
from flows.explain.html import blocks
from flows.explain.picture import NAMES, WIDTH, picture
from flows.labels import LANGUAGES


@pytest.fixture(scope="module")
def kinds(published) -> list[str]:
    """One enrollment for each combination of rule and action that the sample has."""
    decisions = read(published / "current", "decisions")
    return decisions.group_by("rule_id", "action").agg(pl.col("enrollment_id").min())["enrollment_id"].unique().sort().to_list()


def page_of(asked: str, warehouse: Path, tmp_path: Path, *more: str) -> tuple[Path, str]:
    path = tmp_path / "page.html"
    ran = run_here(["explain", asked, "--warehouse", str(warehouse), "--html", str(path), *more])
    assert ran.status == PUBLISHED, ran.err
    return path, path.read_text(encoding="utf-8")


def words(text: str) -> str:
    return re.sub(r"\s+", "", html.unescape(re.sub(r"<[^>]+>", " ", text)))


def test_it_says_all_that_the_text_says_in_both_languages(published, kinds, tmp_path):
    assert len(kinds) > 15
    for asked in kinds:
        shown = words(page_of(asked, published, tmp_path)[1])
        for lang in LANGUAGES:
            told = explain(asked, published, None, lang).split("\n\n")
            drawn_in_characters = next(n for n, part in enumerate(told) if part.startswith(("Time line", "时间线")))
            for part in told[:drawn_in_characters] + told[drawn_in_characters + 1 :]:
                assert all(re.sub(r"\s+", "", line) in shown for line in part.splitlines()), (asked, lang, part)


def test_the_language_that_was_asked_for_is_shown_first(published, kinds, tmp_path):
    for lang in LANGUAGES:
        _, text = page_of(kinds[0], published, tmp_path, "--lang", lang)
        assert re.search(r'id="in-(\w+)" checked', text).group(1) == lang and f'<html lang="{lang}">' in text


def test_it_is_for_its_owner_alone_and_names_nobody(published, kinds, tmp_path):
    for asked in kinds[:5]:
        path, text = page_of(asked, published, tmp_path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        persons = read(published / "current", "persons")
        assert not [v for c in ("certno_canonical", "name") for v in persons[c].drop_nulls() if len(v) > 2 and v in text]


def test_it_needs_no_other_file_and_runs_no_script(published, kinds, tmp_path):
    _, text = page_of(kinds[0], published, tmp_path)
    assert not re.search(r"<script|<link|<img|<iframe|\bsrc=|\bhref=|url\(|@import|https?:| style=", text)


def test_no_quote_of_an_attribute_is_escaped(published, kinds, tmp_path):
    """A browser reads text-anchor=&#34;end&#34; as a word that means nothing, and draws the day across its line."""
    tags = re.findall(r"<[a-z][^>]*>", page_of(kinds[0], published, tmp_path)[1])
    assert [tag for tag in tags if 'class="effect"' in tag and "text-anchor" in tag] and not [tag for tag in tags if "=&#" in tag]


def test_a_page_that_cannot_be_written_is_told_in_one_line(published, kinds, tmp_path):
    ran = run_here(["explain", kinds[0], "--warehouse", str(published), "--html", str(tmp_path / "nowhere" / "page.html")])
    assert ran.status == FAILED and "cannot be written" in ran.complaint
    assert list(tmp_path.iterdir()) == []


def test_a_link_is_replaced_and_what_it_led_to_stays(published, kinds, tmp_path):
    kept = tmp_path / "kept.txt"
    kept.write_text("kept")
    (tmp_path / "page.html").symlink_to(kept)
    path, _ = page_of(kinds[0], published, tmp_path)
    assert kept.read_text() == "kept" and not path.is_symlink()


def test_what_is_drawn_stands_where_its_days_are(published, kinds):
    """Later is further right, inside the frame, and as wide as it is long."""
    measured = 0
    for asked in kinds:
        drawn = picture(pages(asked, published, AS_OF, ["en"])[0])
        at = {date.fromisoformat(f"{text}-01-01" if len(text) == 4 else f"{text}-01"): x for x, text in drawn.ticks}
        days = sorted(at)
        assert [at[day] for day in days] == sorted(at.values())
        if len(days) < 2:
            continue
        per_day = (at[days[-1]] - at[days[0]]) / (days[-1] - days[0]).days
        for bar in [*drawn.bands, *drawn.bars]:
            assert bar.x >= NAMES and bar.x + bar.width <= WIDTH + 0.11
            begin, end = re.search(r": (?:from )?(\d{4}-\d\d-\d\d)(?: to (\d{4}-\d\d-\d\d) \(not included\)|, open)$", bar.title).groups()
            if end and bar.x > NAMES and bar.x + bar.width < WIDTH - 0.11:
                long = (date.fromisoformat(end) - date.fromisoformat(begin)).days * per_day
                assert abs(bar.width - max(long, 1)) < 0.5, bar
                measured += 1
        assert abs(drawn.as_of - at[days[0]] - (AS_OF - days[0]).days * per_day) < 0.5
    assert measured > 20


def test_lines_of_one_indent_are_a_block():
    found = list(blocks(["  one", "    a\tfirst", "    \tsecond", "  two"]))
    assert [(b.indent, b.is_parted, b.rows) for b in found] == [
        (2, False, [("", "one")]),
        (4, True, [("a", "first"), ("", "second")]),
        (2, False, [("", "two")]),
    ]
