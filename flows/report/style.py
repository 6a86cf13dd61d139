"""The look that the pages share; a strict content-security policy names it by its hash."""

import base64
import hashlib
from pathlib import Path


def style() -> str:
    return (Path(__file__).parent / "style.css").read_text(encoding="utf-8")


def hash_of(text: str) -> str:
    """As ``style-src 'sha256-...'`` wants it (CSP level 3)."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
