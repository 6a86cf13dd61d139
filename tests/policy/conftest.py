"""A policy tree of one's own to break: a copy of the real files."""

import shutil
from pathlib import Path

import pytest

from policy.files import ROOT


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "policy"
    shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return root


@pytest.fixture
def shanxi(tree: Path) -> Path:
    """The real tree with the test overlay of Shanxi, and what coverage.yaml has to say about it."""
    shutil.copy(Path(__file__).parent / "overlays" / "14.yaml", tree / "provinces" / "14.yaml")
    coverage = tree / "coverage.yaml"
    lines = coverage.read_text(encoding="utf-8").splitlines()
    rest = "".join(f", {topic}: not_yet_analysed" for topic in ("overlaps", "deductions", "refunds"))
    own = '  "14": {name_zh: 山西, name_en: Shanxi' + rest
    own += "".join(f", {topic}: own" for topic in ("pooling", "retention", "continuity", "standards", "sharing")) + "}"
    coverage.write_text("\n".join(own if line.startswith('  "14"') else line for line in lines), encoding="utf-8")
    return tree
