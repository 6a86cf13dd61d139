"""What the pages share: how a template is filled in, and the look, which a strict content-security policy names by its hash."""

import base64
import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined


def environment(folder: Path) -> Environment:
    """The templates of ``folder``: every text is escaped, and a name that means nothing is an error."""
    return Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def style() -> str:
    return (Path(__file__).parent / "style.css").read_text(encoding="utf-8")


def hash_of(text: str) -> str:
    """As ``style-src 'sha256-...'`` wants it (CSP level 3)."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
