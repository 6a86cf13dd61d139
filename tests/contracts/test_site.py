"""What a bureau adds to the contract: headers of its own and codes of its own, in every place that reads them."""

import pickle

import polars as pl
import pytest
from layouts import HEADER, as_csv, as_parquet, as_xlsx, read

from contracts.aliases import fold, header_map
from contracts.extracts import EXTRACTS
from contracts.site import NO_SITE, Site, is_code
from transforms.reading import values

OURS = Site(
    aliases={"death": {"certno": ("我局证件号", "证件（我局）"), "death_date": ("离世日",)}},
    codes={"gend": {"先生": "1", "女士": "2", "3": "9"}},
    codes_of={"contribution": {"clct_flag": {"Y": "1"}, "gend": {"先生": "0"}}},
    version="5f",
)
ROWS = [("529994199403086399", "01", "赵春", "2024-03-07", "殡葬")]
OWN_HEADER = ("我局证件号", "证件类型", "姓名", "离世日", "来源")


def test_headers_of_the_site_stand_beside_those_of_the_contract():
    spellings = header_map(EXTRACTS["death"], OURS.aliases["death"])
    assert spellings[fold("证件(我局) ")] == spellings[fold("证件号码")] == spellings[fold("我局证件号")] == "certno"
    assert fold("我局证件号") not in header_map(EXTRACTS["death"])
    assert fold("我局证件号") not in header_map(EXTRACTS["student"], OURS.aliases.get("student", {}))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("death.csv", as_csv(OWN_HEADER, ROWS).encode("gb18030")),
        ("death.xlsx", as_xlsx({"a": [list(OWN_HEADER), *map(list, ROWS)]})),
        ("death.parquet", as_parquet(OWN_HEADER, ROWS)),
    ],
)
def test_a_file_under_headers_of_the_site_is_read_in_every_form(tmp_path, name, data):
    found = read(tmp_path, name, data, OURS)
    assert list(found.rows.values()) == [dict(zip(HEADER, ROWS[0], strict=True))]
    assert found.source.columns["certno"] == "我局证件号"


def test_a_worker_process_gets_the_site_with_the_file(tmp_path):
    source = read(tmp_path, "death.csv", as_csv(OWN_HEADER, ROWS).encode(), OURS).source
    assert pickle.loads(pickle.dumps(source)).site == OURS


def test_codes_of_one_extract_come_before_those_of_all():
    assert OURS.drift("enrollment", "gend") == {"先生": "1", "女士": "2", "3": "9"}
    assert OURS.drift("contribution", "gend") == {"先生": "0", "女士": "2", "3": "9"}
    assert OURS.drift("contribution", "clct_flag") == {"Y": "1"}
    assert NO_SITE.drift("enrollment", "gend") == {}


def test_codes_of_the_site_are_read():
    written = pl.Series(["先生", "女士", "3", "1", "男", "太太"])
    assert values.code(written, "gend", OURS.drift("enrollment", "gend")).to_list() == ["1", "2", "9", "1", "1", None]


@pytest.mark.parametrize(
    ("code_list", "code", "known"),
    [("gend", "1", True), ("gend", "3", False), ("psn_type", "1699", True), ("psn_type", "x", False), ("gend", "", False)],
)
def test_a_code_is_one_that_the_list_knows_or_lets_pass(code_list, code, known):
    assert is_code(code_list, code) is known
