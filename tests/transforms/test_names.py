"""Names in comparable form, and whether two of them are names of one person."""

import unicodedata
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import transforms
from transforms.engine import MACROS
from transforms.identifiers.names import comparable, former
from transforms.identifiers.radicals import CHARACTERS, RADICALS

CONFLICT = Path(transforms.__file__).parent / "facts" / "identity_conflict.sql"


def names(values: list) -> pl.Series:
    return pl.Series(values, dtype=pl.String)


def form(name: str | None) -> str | None:
    return comparable(names([name]))[0]


# one name, many writings --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("dot", list("·•‧∙⋅・･.．﹒●、-․。") + ["", " ", "\u3000", "\u200b", " · "])
def test_dots_and_spaces_between_the_parts_of_a_name(dot):
    assert form(f"古丽娜尔{dot}买买提") == "古丽娜尔买买提"


@pytest.mark.parametrize(("written", "expected"), [
    ("張三豐", "张三丰"),
    ("龍馬", "龙马"),
    ("⻢⻰⺠", "马龙民"),  # radicals supplement
    ("⽅⼥", "方女"),  # Kangxi radicals
    ("⻅⻬⻉", "见齐贝"),
    ("⻑", "长"),  # the radical of the traditional character
    ("\uf979", "凉"),
    ("\uf9dc", "隆"),
    ("㛃㐱𬭚𠮷䶮", "㛃㐱𬭚𠮷䶮"),  # rare, not lost
    ("张　三", "张三"),
    ("\ufeff张三\u200b", "张三"),
    ("John Smith", "JOHNSMITH"),
    ("ＪＯＨＮ　ＳＭＩＴＨ", "JOHNSMITH"),
    ("O’Brien", "OBRIEN"),
    ("SMITH, JOHN", "SMITHJOHN"),
    ("张三1", "张三"),
    ("张三02", "张三"),
    ("张三、", "张三"),
    ("张三/", "张三"),
    ("张三(曾用名李四)", "张三"),
    ("张三（曾用名：李四）", "张三"),
    ("张三曾用名李四", "张三"),
    ("张三【小名】", "张三"),
    ("张三(户主", "张三"),
    ("（张三）", "张三"),
    ("財(cái)政(zhèng)", "财政"),
    ("原名扬", "原名扬"),  # 原 is a family name
])  # fmt: skip
def test_comparable_forms(written, expected):
    assert form(written) == expected


@pytest.mark.parametrize("placeholder", [
    "之子", "张三之子", "張三之女", "李四之长女", "王五之次子", "赵六之女1", "新生儿", "王某新生兒", "毛毛", "宝宝", "陈寶寶", "张三之女（双胞胎）", "婴儿",
])  # fmt: skip
def test_placeholders_of_newborns_are_no_names(placeholder):
    assert form(placeholder) == ""


def test_what_holds_no_name():
    assert comparable(names([None, "", "  ", "·", "()", "12"])).to_list() == [None, "", "", "", "", ""]
    assert comparable(names([])).to_list() == []
    assert comparable(names([None, None])).to_list() == [None, None]


@pytest.mark.parametrize(("written", "expected"), [
    ("张?", "张?"), ("张？", "张?"), ("张*", "张*"), ("张＊", "张*"), ("王\ue863", "王\ue863"),  # stay as they are
    ("王\ufffd", "王?"), ("王〓", "王?"), ("王□", "王?"), ("王\U000f0123", "王?"), ("王yan", "王?"), ("王YAN萍", "王?萍"),
])  # fmt: skip
def test_lost_characters(written, expected):
    assert form(written) == expected


@pytest.mark.parametrize(("written", "expected"), [
    ("张三(曾用名李四)", "李四"),
    ("张三（曾用名：李 四）", "李四"),
    ("张三曾用名李四", "李四"),
    ("张三（又名張山）", "张山"),
    ("张三【原名:王五】", "王五"),
    ("张三（户主）", None),
    ("原名扬", None),
    ("张三", None),
    (None, None),
])  # fmt: skip
def test_the_name_that_comes_along(written, expected):
    assert former(names([written]))[0] == expected


def test_a_name_does_not_reach_into_its_neighbours():
    """One conversion for all names: phrases of the dictionary must not cross from one to the next."""
    many = ["乾", "隆", "皇", "后", "張三", "頭", "髮", "發", "財"] * 3
    assert comparable(names(many)).to_list() == [form(name) for name in many]


def test_every_radical_of_the_supplement_has_its_character():
    """... but U+2E80, which stands for none; NFKC folds the other two."""
    assert len(RADICALS) == len(CHARACTERS) == len(set(RADICALS))
    block = {chr(point) for point in range(0x2E80, 0x2F00) if unicodedata.name(chr(point), "")}
    assert block - set(RADICALS) == {"\u2e80"} | {c for c in block if unicodedata.normalize("NFKC", c) != c}
    assert all(unicodedata.name(c).startswith("CJK UNIFIED IDEOGRAPH") for c in CHARACTERS)
    simplified = comparable(names(list(RADICALS))).to_list()
    assert not set("".join(simplified)) & set(RADICALS)


PARTS = st.sampled_from(
    [
        "张",
        "張",
        "三",
        "龍",
        "⻢",
        "⽅",
        "古丽",
        "·",
        "•",
        " ",
        "\u200b",
        "JOHN",
        "x",
        "?",
        "*",
        "\ue863",
        "(曾用名李四)",
        "1",
        "、",
        "-",
        "王",
    ]
)
WRITTEN = st.one_of(st.lists(PARTS, max_size=6).map("".join), st.text(max_size=12))


@given(st.lists(st.one_of(st.none(), WRITTEN), max_size=30))
@settings(max_examples=100, deadline=None)
def test_any_text_has_a_comparable_form_whatever_stands_beside_it(written):
    forms = comparable(names(written))
    assert [f is None for f in forms] == [w is None for w in written]
    assert forms.to_list() == [form(w) for w in written]


@given(st.lists(st.lists(PARTS, max_size=6).map("".join), min_size=1, max_size=30))
@settings(max_examples=100, deadline=None)
@example(["张JOHN张JOHN"])
def test_a_comparable_form_is_its_own(written):
    once = comparable(names(written))
    assert comparable(once).to_list() == once.to_list()


# two names ----------------------------------------------------------------------------------------------------------
def engine() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(MACROS.read_text(encoding="utf-8"))
    return connection


def agree(pairs: list[tuple[str | None, str | None]]) -> list[bool | None]:
    """What names_agree says of each pair."""
    connection = engine()
    connection.register("pair", pl.DataFrame(pairs, schema={"a": pl.String, "b": pl.String}, orient="row").with_row_index("n").to_arrow())
    return [agrees for (agrees,) in connection.execute("SELECT names_agree(a, b) FROM pair ORDER BY n").fetchall()]


@pytest.mark.parametrize(("first", "second", "expected"), [
    ("张三", "张三", True),
    ("张三", "李四", False),
    ("张三", "张三丰", False),
    ("张?", "张三", True),
    ("张三", "张*", True),
    ("王\ue863", "王五", True),
    ("王\ue863", "王\ue000", True),
    ("?三", "张*", True),
    ("张?", "李四", False),
    ("张?", "张三丰", False),
    ("JOHN", "JOHNSMITH", False),
    ("𠮷田", "?田", True),
    ("张三", None, None),
    (None, None, None),
])  # fmt: skip
def test_whether_two_names_agree(first, second, expected):
    assert agree([(first, second), (second, first)]) == [expected, expected]


COMPARED = st.text("张王三?*\ue863\uf8ff𠮷", min_size=1, max_size=4)


def agree_by_hand(first: str, second: str) -> bool:
    return len(first) == len(second) and all(
        a == b or any(c in "?*" or "\ue000" <= c <= "\uf8ff" for c in (a, b)) for a, b in zip(first, second, strict=True)
    )


@given(st.lists(st.tuples(COMPARED, COMPARED), max_size=40))
@settings(max_examples=100, deadline=None)
def test_agreement_place_by_place(pairs):
    assert agree(pairs) == [agree_by_hand(a, b) for a, b in pairs]


@given(
    st.lists(
        st.tuples(st.text("张王三?*\ue863", min_size=1, max_size=3), st.text("张王三?*\ue863", min_size=1, max_size=3)),
        min_size=1,
        max_size=20,
    )
)
@settings(max_examples=25, deadline=None)
@example([("张?", "张三"), ("张三", "李四"), ("张", "张三")])
def test_the_decision_finds_the_same_names_in_conflict(pairs):
    """A person is in conflict (facts/identity_conflict.sql) whose two names do not agree, place by place."""
    connection = engine()
    known_name = pl.DataFrame({
        "document_key": [n for n, _ in enumerate(pairs) for _ in range(2)], "name": [name for pair in pairs for name in pair],
        "origin": ["name"] * 2 * len(pairs),
    })  # fmt: skip
    known_name = known_name.with_columns(person_key="document_key")
    person_row = known_name.select("document_key", "person_key", gend=pl.lit("1"), brdy=pl.lit(None, pl.Date))
    connection.register("known_name", known_name.to_arrow())
    connection.register("person_row", person_row.to_arrow())
    for nobody in ("no_identity", "suspicious"):
        connection.register(nobody, person_row.select("person_key").clear().to_arrow())
    in_conflict = {key for key, _ in connection.execute(CONFLICT.read_text()).fetchall()}
    assert in_conflict == {n for n, (a, b) in enumerate(pairs) if not agree_by_hand(a, b)}
