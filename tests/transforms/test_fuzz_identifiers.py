"""Bytes as they may arrive, by the ten thousand: no text raises, hangs or changes a valid number.

The same judgement is put to two sources of bytes. Atheris (libFuzzer for Python, kept by Google) mutates a corpus and follows
the coverage of our Python code; the columns themselves are worked on in native code that it does not see, so that most of its
worth is in the mutations. It has wheels for Linux on x86-64 alone: elsewhere Hypothesis makes the bytes alone. Both runs are
bounded. More, by hand: ``PYTHONPATH=.:tests:tests/transforms python tests/transforms/test_fuzz_identifiers.py -max_total_time=3600``.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

CHECKOUT = Path(__file__).resolve().parents[2]
RUNS, SECONDS, LONGEST = 20_000, 90, 2048
ENCODINGS = ("utf-8", "gb18030", "utf-16-le", "latin-1")
TYPES = [None, "01", "02", "04", "05", "06", "07", "08", "09", "16", "17", "90", "91", "99", "1", "??"]
#: One valid number of each kind beside whatever the bytes say, with the type and the text that it must keep.
VALID = [
    ("220102199003070021", "01"), ("22010219900307011X", "01"), ("810000198510200035", "17"), ("911840198006151018", "07"),
    ("USA110199010112", "07"), ("H12345678", "04"), ("M87654321", "05"), ("12345678", "06"), ("E12345678", "16"),
    ("军字第123456号", "02"), ("A220123456", "99"), ("A12345678", "90"), ("V20240017", "91"),
]  # fmt: skip
OWN_TYPE = {
    "resident_id": "01", "residence_permit": "17", "foreign_pr": "07", "hk_macau_permit": "04", "taiwan_permit": "06",
    "passport": "08", "military": "02", "birth_certificate": "99", "social_security_card": "90", "other": "91",
}  # fmt: skip


def texts_in(data: bytes) -> list[str]:
    """Lines of the bytes in an encoding that their first byte chooses; damaged characters as decoders leave them."""
    encoding = ENCODINGS[data[0] % len(ENCODINGS)] if data else "utf-8"
    return data[1:].decode(encoding, errors="replace").split("\n")


def judge(data: bytes) -> None:
    """Raises where a property of identifiers or of names does not hold for the texts in ``data``."""
    from identified import look_at, series

    from transforms.identifiers.names import comparable

    texts = texts_in(data)
    types = [TYPES[(len(text) + sum(data[:8])) % len(TYPES)] for text in texts]
    rows = look_at(texts + [number for number, _ in VALID], types + [stated for _, stated in VALID])
    assert [(row["text"], row["reasons"]) for row in rows[len(texts) :]] == [(number, []) for number, _ in VALID]
    for row in rows:
        assert (row["person_key"] is None) == bool(row["reasons"]) == (row["text"] is None)
    found = [row for row in rows if row["text"] is not None]
    again = look_at([row["text"] for row in found], [OWN_TYPE[row["kind"]] for row in found])
    assert [(row["kind"], row["text"], row["person_key"]) for row in again] == [(r["kind"], r["text"], r["person_key"]) for r in found]
    assert len({row["person_key"] for row in found}) == len({(row["kind"], row["text"]) for row in found})
    assert len(comparable(series(texts))) == len(texts)


@st.composite
def mutated(draw) -> bytes:
    """Lines of valid numbers in one of the encodings, with some bytes changed, dropped, repeated or put in."""
    first = draw(st.integers(0, 3))
    lines = draw(st.lists(st.sampled_from([number for number, _ in VALID]), min_size=1, max_size=20))
    data = bytearray("\n".join(lines).encode(ENCODINGS[first], errors="replace"))
    for at, change, byte in draw(st.lists(st.tuples(st.integers(0, LONGEST), st.integers(0, 3), st.integers(0, 255)), max_size=30)):
        at %= len(data)
        data[at : at + (change != 3)] = (bytes([byte]), b"", bytes([data[at]] * 2), bytes([byte]))[change]
        data = data or bytearray(b"0")
    return bytes([first]) + bytes(data)


@pytest.mark.long
@given(st.one_of(st.binary(max_size=LONGEST), mutated(), mutated()))
@settings(max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_bytes_from_hypothesis(data):
    judge(data)


@pytest.mark.long
def test_bytes_that_follow_coverage(tmp_path):
    pytest.importorskip("atheris", reason="no wheel of atheris for this platform: Hypothesis makes the bytes alone")
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for n, encoding in enumerate(ENCODINGS):
        lines = "\n".join(number for number, _ in VALID).encode(encoding, errors="replace")
        (corpus / f"{n}").write_bytes(bytes([n]) + lines)
    bounds = [f"-runs={RUNS}", f"-max_total_time={SECONDS}", f"-max_len={LONGEST}", "-len_control=0", "-timeout=30"]
    paths = os.pathsep.join(map(str, (CHECKOUT, CHECKOUT / "tests", Path(__file__).parent)))
    done = subprocess.run(
        [sys.executable, __file__, *bounds, str(corpus)],
        cwd=tmp_path, text=True, capture_output=True, timeout=SECONDS + 300, env={**os.environ, "PYTHONPATH": paths},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert re.search(r"Done [0-9]+ runs", done.stderr), done.stderr[-3000:]


def main() -> None:
    import atheris

    with atheris.instrument_imports(include=["transforms"]):
        judge(b"")
    atheris.Setup(sys.argv, judge)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
