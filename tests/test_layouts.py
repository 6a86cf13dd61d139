"""Round trip: the same people in every layout of the sample, whatever format, encoding, headers and dates, give the same bytes.

Only two datasets say how the rows came: the quarantine keeps them as they arrived, with the file's name, and one check counts
files. Of these what the rows were refused for, and the verdicts, must be the same.
"""

from collections import Counter
from pathlib import Path

import pytest
from inbox import AS_OF
from nights import PUBLISHED, arguments_of, checks_of, dataset_digests, manifest_of, read, run_here

from contracts import DATASETS
from sample_data.generate import generate
from sample_data.layouts import LAYOUTS

SEED = 20261122
#: What every layout is compared with.
PLAIN = "parquet"
OTHERS = [name for name in LAYOUTS if name != PLAIN]
#: Layouts whose reading is not there yet -> what is missing.
NOT_READ_YET: dict[str, str] = {}
OF_FILES = ("restricted/quarantine/", "checks/")
COUNTS = ("rows", "accepted", "superseded", "copies", "quarantined", "reasons", "repairs")
MANY, FEW = 200_000, 2_000


@pytest.fixture(scope="session")
def published_as(key_file, once, tmp_path_factory):
    """(persons, layout) -> the publication of their night."""

    def publication(key: tuple[int, str]) -> Path:
        persons, layout = key
        folder = tmp_path_factory.mktemp(f"{layout}-{persons}")
        generate(persons, SEED, AS_OF, folder, layout)
        ran = run_here(arguments_of(folder / "inbox", folder / "warehouse"), ONECOVER_KEY_FILE=str(key_file))
        if ran.status != PUBLISHED:
            pytest.fail(f"{layout}: {ran.err}")
        return folder / "warehouse" / "current"

    return once(publication)


def layouts_to_compare():
    for name in OTHERS:
        yield pytest.param(name, marks=[pytest.mark.xfail(reason=NOT_READ_YET[name], strict=True)] if name in NOT_READ_YET else [])


def same_bytes(publication: Path) -> dict[str, str]:
    return {path: digest for path, digest in dataset_digests(publication).items() if not path.startswith(OF_FILES)}


def counts(publication: Path) -> dict[str, dict]:
    """Per extract: what became of its rows, and of how many of them why."""
    return {name: {c: extract.get(c) for c in COUNTS} for name, extract in manifest_of(publication)["extracts"].items()}


def refusals(publication: Path) -> Counter:
    """How many rows were refused for what."""
    rows = read(publication, "quarantine").select("extract", "reasons", "columns").rows()
    return Counter((extract, tuple(reasons), tuple(columns)) for extract, reasons, columns in rows)


def verdicts(publication: Path) -> dict:
    """The checks, but for the number of files that one of them looks at."""
    found = checks_of(publication)
    return {key: {k: v for k, v in c.items() if k != "rows_checked" or key[1] != "extract_stale"} for key, c in found.items()}


def assert_same(one: Path, other: Path) -> None:
    assert len(same_bytes(one)) >= len(DATASETS) - len(OF_FILES)
    assert same_bytes(one) == same_bytes(other)
    assert counts(one) == counts(other)
    assert refusals(one) == refusals(other)
    assert verdicts(one) == verdicts(other)


def left_out(publication: Path) -> set[str]:
    """Columns of any file that the manifest names as left out."""
    extracts = manifest_of(publication)["extracts"].values()
    return {column for extract in extracts for file in extract["files"].values() for column in file["columns_left_out"]}


def test_there_are_eight_layouts_that_differ_in_everything():
    styles = [layout.style for layout in LAYOUTS.values()]
    assert len(LAYOUTS) >= 8
    assert {s.form for s in styles} == {"csv", "gz", "zip", "xlsx", "parquet"}
    assert {s.encoding for s in styles if s.form != "parquet"} >= {"utf-8", "utf-8-sig", "gb18030", "utf-16"}
    assert {s.delimiter for s in styles} == {",", "\t", "|"}
    assert {language for s in styles for language in s.headers} == {"en", "zh", "alias"}
    assert {s.days for s in styles} == {"iso", "compact", "slashes", "dots", "han"}


@pytest.mark.parametrize("layout", layouts_to_compare())
def test_a_layout_changes_no_byte(published_as, layout):
    assert_same(published_as((FEW, PLAIN)), published_as((FEW, layout)))


@pytest.mark.parametrize("layout", [name for name in OTHERS if LAYOUTS[name].style.extra])
def test_columns_of_no_contract_are_named_in_the_manifest(published_as, layout):
    assert left_out(published_as((FEW, layout))) == {"序号", "备注"}
    assert not left_out(published_as((FEW, PLAIN)))


@pytest.mark.long
@pytest.mark.parametrize("layout", layouts_to_compare())
def test_a_layout_changes_no_byte_of_many(published_as, layout):
    assert_same(published_as((MANY, PLAIN)), published_as((MANY, layout)))
