"""How `make site` lays the documents out as pages; they stay where they are and link each other as files."""

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
