"""What the pages share: how a template is filled in, and the look, which a strict content-security policy names by its hash."""

import base64
import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

HERE = Path(__file__).parent


def environment(folder: Path) -> Environment:
    """The templates of ``folder``, and head.html, which all pages share: every text is escaped, and a name that means nothing is an error."""
    loader = FileSystemLoader([folder, HERE])
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def style() -> str:
    return (HERE / "style.css").read_text(encoding="utf-8")


def hash_of(text: str) -> str:
    """As ``style-src 'sha256-...'`` wants it (CSP level 3)."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
