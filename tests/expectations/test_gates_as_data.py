"""gates.yaml: strict, complete in both languages, and changed by a bureau only with who agreed to it."""

import pytest

from contracts import EXTRACTS
from contracts.strict_yaml import FileError
from expectations import CHECKS, bounds_of, judge, load
from expectations.loader import FILE


def own(tmp_path, text: str):
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    return tmp_path / FILE


def test_a_bureau_changes_a_threshold_with_who_agreed(tmp_path):
    checks = load(own(tmp_path, 'quarantine_share: {most: 0.08, agreed: "data office, 2026-11-02"}\n'))
    [bound] = [b for b in bounds_of(EXTRACTS["death"], checks) if b.check_id == "quarantine_share"]
    assert (bound.most, bound.expected) == (0.08, "<= 0.08")
    assert "8%" in bound.zh and "8%" in bound.en, "the sentence says the threshold that holds"
    status = {v.check_id: v.status for v in judge(EXTRACTS["death"], {"rows": 100, "quarantine_share": 0.07}, checks)}
    assert status["quarantine_share"] == "pass"
    assert [name for name, check in checks.items() if check.agreed] == ["quarantine_share"]


def test_a_bureau_makes_a_warning_stop_the_night(tmp_path):
    checks = load(own(tmp_path, "home_fill: {severity: error, agreed: somebody}\n"))
    verdicts = {v.check_id: v for v in judge(EXTRACTS["resident"], {"rows": 100, "homes_share": 0.5}, checks)}
    assert verdicts["home_fill"].stops


def test_an_empty_file_changes_nothing(tmp_path):
    assert load(own(tmp_path, "# nothing yet\n")) == CHECKS


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("quarantine_share: {most: 0.08}\n", "quarantine_share: missing 'agreed'"),
        ("quarantine: {most: 0.08, agreed: x}\n", "unknown key 'quarantine'. Use only: quarantine_share"),
        ("quarantine_share: {least: 0.08, agreed: x}\n", "quarantine_share.least: the check has no such bound"),
        ("quarantine_share: {most: five, agreed: x}\n", "quarantine_share.most: wrong type, 'five' is no number"),
        ("quarantine_share: {most: nan, agreed: x}\n", "quarantine_share.most: wrong type"),
        ("quarantine_share: {most: -1, agreed: x}\n", "quarantine_share.most: wrong type"),
        ("quarantine_share: {most: 0.1, metric: rows, agreed: x}\n", "unknown key 'metric'"),
        ("quarantine_share: {severity: fatal, agreed: x}\n", "quarantine_share.severity: unknown value 'fatal'"),
        ("basic_scheme_share: {least: 1.5, agreed: x}\n", "basic_scheme_share: least is above most"),
        ("quarantine_share: 0.08\n", "quarantine_share: wrong type, a mapping is expected"),
        ("- quarantine_share\n", "(whole file): wrong type, a mapping is expected"),
        ("quarantine_share: {most: 0.1, most: 0.9, agreed: x}\n", "line 1: YAML: duplicate key 'most'"),
        ("a: &x {most: 1}\nb: *x\n", "line 1: YAML: aliases are not allowed"),
        ("quarantine_share: {most: 0.08\n", "line 2: "),
    ],
)
def test_what_is_not_understood_stops_the_load_in_one_line(tmp_path, text, told):
    with pytest.raises(FileError) as stopped:
        load(own(tmp_path, text))
    assert str(stopped.value).startswith(f"{tmp_path.name}/gates.yaml: ") and told in str(stopped.value)
    assert "\n" not in str(stopped.value)


def test_bytes_that_are_no_text_are_told(tmp_path):
    (tmp_path / FILE).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FileError, match="not UTF-8"):
        load(tmp_path / FILE)


def test_every_threshold_says_where_it_comes_from_and_every_check_speaks_both_languages():
    for check in CHECKS.values():
        assert check.source.startswith("docs/") and check.zh and check.en
        assert "{least}" in check.zh + check.en or "{most}" in check.zh + check.en
