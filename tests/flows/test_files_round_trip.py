"""A table written in any layout is read back as it was: every value, every row under its number."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from layouts import HEADER, LAYOUTS, ZH, read

from flows.files import cuts, delimited, xlsx

#: What breaks readers: delimiters, quotes, line breaks, spaces, characters of two and of four bytes in GB18030, whose
#: trail bytes are those of `|`, digits and letters.
_PIECES = st.sampled_from(
    [*",;|\t\"\n ='-.0123456789XabcE+", "赵", "䶮", "㐱", "𠮷", "丂", "亅", "乗", "欧阳·", "x\ny", '""', "丨|", "１", "·"]
)
#: Without what few characters alone leave open between UTF-8 and GB18030 (test_files_text): two bytes in UTF-8, and the eight
#: Han characters whose bytes in GB18030 are those of a middle dot, a multiplication sign and the like.
_ASCII = st.characters(min_codepoint=0x20, max_codepoint=0x7E)
_OTHER = st.characters(
    codec="gb18030", min_codepoint=0x800, exclude_categories=["Cc", "Cs", "Co", "Cn"], exclude_characters="\ufeff路脳惟蠂啸褏聽颅"
)
_WILD = st.text(_ASCII | _OTHER, max_size=8)
_CELL = st.one_of(st.none(), st.lists(_PIECES, max_size=8).map("".join), _WILD).map(lambda text: text if text and text.strip() else None)
_ROW = st.tuples(st.integers(1, 10**17).map(str), _CELL, _CELL, _CELL, _CELL)


@pytest.mark.parametrize("layout", list(LAYOUTS))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(rows=st.lists(_ROW, min_size=1, max_size=25), header=st.sampled_from([HEADER, ZH]))
def test_what_is_written_is_read_back(tmp_path, layout, rows, header):
    ending, write = LAYOUTS[layout]
    with pytest.MonkeyPatch.context() as patch:
        for module, name, value in (
            (cuts, "BLOCK", 48),
            (delimited, "BLOCK", 40),
            (cuts, "RANGE", 200),
            (xlsx, "BLOCK_ROWS", 4),
            (xlsx, "GROUPS", 2),
        ):
            patch.setattr(module, name, value)
        found = read(tmp_path, "death_20261101" + ending, write(header, rows))
    assert [tuple(row[name] for name in HEADER) for row in found.rows.values()] == rows
    first = {"xlsx": 3, "xlsx, kept as a table of texts": 2}.get(layout, 1)
    assert list(found.rows) == list(range(first, first + len(rows)))
