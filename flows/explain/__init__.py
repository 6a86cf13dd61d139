"""Everything about one enrollment or person, from a publication alone: ``python -m flows explain ID``."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from flows.explain.html import html
from flows.explain.page import Page
from flows.explain.reading import load_policy, read_publication
from flows.explain.sections import text
from flows.labels import LANGUAGES


def explain(asked: str, warehouse: Path, as_of: date | None, lang: str) -> str:
    """The explanation as text. ``asked`` is an enrollment id or a person_id, ``as_of`` a night (None: the newest).

    NightError where there is no such warehouse, night or id. Only folders open to everybody are read: no name and no
    certificate number can be printed.
    """
    [page] = pages(asked, warehouse, as_of, [lang])
    return text(page)


def explain_html(asked: str, warehouse: Path, as_of: date | None, lang: str) -> str:
    """The same as a page in both languages, with the time line drawn; ``lang`` is shown first."""
    return html(pages(asked, warehouse, as_of, sorted(LANGUAGES, key=lambda other: other != lang)))


def pages(asked: str, warehouse: Path, as_of: date | None, languages: Sequence[str]) -> list[Page]:
    told = read_publication(asked, warehouse, as_of)
    named = {r["policy_id"] for r in [*told.decisions, *told.before]}
    policies = {policy_id: load_policy(policy_id, told.as_of) for policy_id in sorted(named)}
    return [Page(told, lang, policies) for lang in languages]
