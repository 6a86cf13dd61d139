"""The register leaves nothing out: every entry of every policy file is in it, and who reads each parameter."""

from datetime import date

from docs import register
from docs.generate import DOCUMENTS, main, policy_register
from policy import vocabulary
from policy.files import read_tree

TREE = read_tree()
REGISTER = policy_register()


def section(title: str) -> str:
    [found] = [part for part in REGISTER.split("\n### ") if part.startswith(f"`{title}` ")]
    return found.split("\n## ")[0]


def test_every_rule_is_told_in_both_languages_with_its_clauses_and_dates():
    for file in TREE.policies.values():
        for rule_id, series in file.rules.items():
            for entry in series.entries:
                told = section(rule_id)
                assert str(entry.start) in told and entry.reference.document in told
                assert all(entry.value[key] in told for key in ("clause", "clause_zh", "summary_zh", "summary_en"))


def test_every_value_of_every_parameter_is_told_with_its_source():
    for file in TREE.policies.values():
        where = f"{file.name_zh} `{file.policy_id}`" if file.province else "nation"
        for name, series in file.parameters.items():
            for entry in series.entries:
                row = (
                    f"| {where} | {entry.start} | {entry.published_on or ''} | {register.shown(entry.value)} | {entry.reference.document}, "
                )
                assert row in section(name), row


def test_it_says_when_a_person_last_looked_and_has_to_look_again():
    assert "Last reviewed 2026-11-22, again by 2027-11-22." in section("payment_grace_months")
    assert TREE.provinces["jilin"].parameters["under_one_year_action"].review_by == date(2027, 5, 22)


def test_it_says_who_reads_a_parameter_and_that_nobody_does():
    readers = register.readers()
    assert set(readers) == set(vocabulary.PARAMETERS)
    assert readers["payment_grace_months"] == ["`activity/cover.sql`", "`facts/continuity.sql`"]
    assert readers["under_one_year_action"] == ["rule `cross_scheme_under_one_year`"]
    assert "`activity/basic_row.sql`" in readers["pooling_level"] and "`overlaps/overlap.sql`" in readers["lookback_years"]
    for name, files in readers.items():
        assert ("Nothing reads it yet" in section(name)) == (not files)


def test_a_name_in_a_comment_or_inside_another_is_no_reader():
    assert register.reads("SELECT $waiting_months", "waiting_months") and not register.reads("SELECT $waiting_months_x", "waiting_months")
    assert register.reads("SELECT late_wait_months FROM waiting_rule", "late_wait_months")
    assert not register.reads("SELECT late_wait_months FROM elsewhere", "late_wait_months")


def test_what_is_known_and_not_modelled_and_who_was_looked_at_is_told():
    for file in TREE.provinces.values():
        for point in file.not_modelled:
            assert f"| {point.topic} | {point.says_zh} | {point.says_en} | {point.why} |" in REGISTER
    for line in TREE.coverage.values():
        assert f"| {line.code} | {line.name_zh} | {line.name_en} |" in REGISTER


def test_every_generated_document_is_committed_as_it_is_generated(capsys):
    assert main(["--check"]) == 0, capsys.readouterr().err


def test_a_stale_document_is_noticed(monkeypatch, capsys):
    monkeypatch.setitem(DOCUMENTS, "policy_register.md", lambda: REGISTER + "more")
    assert main(["--check"]) == 1
    assert capsys.readouterr().err == "docs: policy_register.md is stale; run make docs and commit it\n"
