"""The site folder is read strictly: what is not understood stops the load in one line that names file, key and reason."""

import pytest

from contracts.site import NO_SITE
from contracts.strict_yaml import FileError
from policy.site import load_site

ALIASES = "enrollment:\n  certno: [我局证件号, '证件（我局）']\n  crt_insu_date: [起保日]\ndeath:\n  death_date: [离世日]\n"
CODES = "gend: {先生: 1, 女士: '2'}\ncontribution:\n  clct_flag: {Y: 1, N: 0}\npsn_insu_stas: {'3': 4}\n"


def folder(tmp_path, **files):
    site = tmp_path / "site"
    site.mkdir()
    for name, text in files.items():
        (site / f"{name}.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    return site


def test_both_files_are_read(tmp_path):
    site = load_site(folder(tmp_path, aliases=ALIASES, codes=CODES))
    assert site.aliases == {
        "enrollment": {"certno": ("我局证件号", "证件（我局）"), "crt_insu_date": ("起保日",)},
        "death": {"death_date": ("离世日",)},
    }
    assert site.codes == {"gend": {"先生": "1", "女士": "2"}, "psn_insu_stas": {"3": "4"}}
    assert site.codes_of == {"contribution": {"clct_flag": {"Y": "1", "N": "0"}}}


def test_each_file_may_be_missing_and_other_kinds_of_files_are_let_be(tmp_path):
    site = folder(tmp_path)
    (site / "README.md").write_text("ours")
    assert load_site(site) == NO_SITE
    (site / "codes.yaml").write_text(CODES)
    assert load_site(site).aliases == {} and load_site(site).codes


def test_the_version_changes_with_the_files(tmp_path):
    site = folder(tmp_path, aliases=ALIASES)
    first = load_site(site).version
    assert len(first) == 12 and load_site(site).version == first
    (site / "aliases.yaml").write_text(ALIASES + "# more\n")
    assert load_site(site).version != first


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"alias": "x: y"}, "site/alias.yaml: (whole file): unknown file"),
        ({"aliases": "enrolment: {}"}, "site/aliases.yaml: (whole file): unknown key 'enrolment'"),
        ({"aliases": "enrollment: {cert: [x]}"}, "site/aliases.yaml: enrollment: unknown key 'cert'"),
        ({"aliases": "enrollment: {certno: x}"}, "site/aliases.yaml: enrollment.certno: wrong type, a list is expected"),
        ({"aliases": "enrollment: {certno: []}"}, "site/aliases.yaml: enrollment.certno: empty"),
        ({"aliases": "enrollment: {certno: ['']}"}, "site/aliases.yaml: enrollment.certno[0]: empty"),
        ({"aliases": "enrollment: {certno: ['*']}"}, "site/aliases.yaml: enrollment.certno[0]: has no letter"),
        ({"aliases": "enrollment: {certno: [姓名]}"}, "enrollment.certno[0]: '姓名' already means psn_name"),
        ({"aliases": "enrollment: {certno: [号], psn_no: [号]}"}, "enrollment.psn_no[0]: '号' already means certno"),
        ({"aliases": "enrollment: {certno: [a]}\nenrollment: {certno: [b]}"}, "site/aliases.yaml: line 2: YAML: duplicate key"),
        ({"aliases": "- x"}, "site/aliases.yaml: (whole file): wrong type, a mapping is expected"),
        ({"aliases": "a: [b"}, "site/aliases.yaml: line"),
        ({"aliases": "证件".encode("gbk")}, "site/aliases.yaml: (whole file): not UTF-8"),
        ({"codes": "sex: {先生: 1}"}, "site/codes.yaml: (whole file): unknown key 'sex'"),
        ({"codes": "gend: {先生: 5}"}, "site/codes.yaml: gend.先生: unknown code '5'"),
        ({"codes": "gend: {先生: [1]}"}, "site/codes.yaml: gend.先生: wrong type, a text is expected"),
        ({"codes": "gend: [1]"}, "site/codes.yaml: gend: wrong type, a mapping is expected"),
        ({"codes": "death: {gend: {先生: 1}}"}, "site/codes.yaml: death: unknown key 'gend'"),
        ({"codes": "gend: {' ': 1}"}, "site/codes.yaml: gend. : empty"),
    ],
)
def test_what_is_not_understood_stops_the_load_in_one_line(tmp_path, files, told):
    with pytest.raises(FileError) as error:
        load_site(folder(tmp_path, **files))
    assert told in str(error.value) and "\n" not in str(error.value)


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(FileError, match="no such folder"):
        load_site(tmp_path / "site")
