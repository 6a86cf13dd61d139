"""How `make site` lays the documents out as pages; they stay where they are and link each other as files."""

from pathlib import Path

project = "OneCover"
author = "OneCover"
root_doc = "docs/site/index"
extensions = ["myst_parser"]
include_patterns = ["README.md", "README.zh-CN.md", "CHANGELOG.md", "docs/**.md", "sample_data/README.md", "tests/scenarios/README.md",
                    "contracts/divisions/SOURCES.md"]  # fmt: skip
# headings are named in links as a code host names them
myst_heading_anchors = 4
html_theme = "furo"
html_title = "OneCover 一人一保"
# the first page of the folder leads to the table of contents
html_extra_path = ["extra"]
html_copy_source = False
html_show_sphinx = False
html_last_updated_fmt = None
html_theme_options = {"navigation_with_keys": True}

#: What the generator leaves out for whoever reads by keyboard or by ear (WCAG 2.1: 4.1.2, 2.1.1).
MENDED = {
    'class="caption" role="heading"': 'class="caption" role="heading" aria-level="2"',
    "<pre>": '<pre tabindex="0">',
    '<div class="table-wrapper ': '<div tabindex="0" class="table-wrapper ',
}


def mend(app, failure) -> None:
    for page in Path(app.outdir).rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for left, right in MENDED.items():
            text = text.replace(left, right)
        page.write_text(text, encoding="utf-8")


def setup(app) -> None:
    app.connect("build-finished", mend)
