"""A policy that is not understood stops the load. defects/ has one defect per file, and the words of its error."""

import ast
import pickle
from pathlib import Path

import pytest
import yaml

from contracts.strict_yaml import FileError
from policy import vocabulary
from policy.files import ROOT, read_tree

DEFECTS = sorted((Path(__file__).parent / "defects").glob("*.yaml"))


def test_the_real_files_load():
    tree = read_tree()
    assert tuple(tree.national.rules) == tuple(vocabulary.RULES)
    assert set(tree.national.parameters) == set(vocabulary.PARAMETERS)
    assert tuple(tree.coverage) == (*vocabulary.PROVINCES, *vocabulary.OUTSIDE)


@pytest.mark.parametrize("path", DEFECTS, ids=lambda path: path.stem)
def test_one_defect_stops_the_load(path: Path, tree: Path):
    defect = yaml.safe_load(path.read_text(encoding="utf-8"))
    target = tree / defect["file"]
    sound = target.read_text(encoding="utf-8")
    assert defect["replace"] in sound, "the defect no longer touches the file"
    target.write_text(sound.replace(defect["replace"], defect["by"], 1), encoding="utf-8")
    with pytest.raises(FileError) as caught:
        read_tree(tree)
    message = str(caught.value)
    assert message.startswith(f"policy/{defect['file']}: ")
    assert "\n" not in message and message.endswith(".")
    for words in defect["words"]:
        assert words in message


def test_a_missing_file_stops_the_load(tree: Path):
    (tree / "national" / "money.yaml").unlink()
    with pytest.raises(FileError, match=r"policy/national/money\.yaml: \(whole file\): cannot be read"):
        read_tree(tree)


def test_an_empty_file_stops_the_load(tree: Path):
    (tree / "coverage.yaml").write_text("", encoding="utf-8")
    with pytest.raises(FileError, match="wrong type, a mapping is expected"):
        read_tree(tree)


def test_a_file_in_gb18030_stops_the_load(tree: Path):
    target = tree / "provinces" / "22.yaml"
    target.write_bytes(target.read_text(encoding="utf-8").encode("gb18030"))
    with pytest.raises(FileError, match="not UTF-8"):
        read_tree(tree)


@pytest.mark.parametrize("content", ["? [a, b]\n: c\n", "\x00", "a: b\n---\nc: d\n", "[" * 5000, "- a\n- b\n", "%YAML 9.9\n---\n"])
def test_any_other_content_stops_the_load_in_one_line(content: str, tree: Path):
    (tree / "national" / "parameters.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(FileError) as caught:
        read_tree(tree)
    assert str(caught.value).startswith("policy/national/parameters.yaml: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("name_zh: 吉林", "name_zh：吉林", "a full-width ："),
        ("name_zh: 吉林", "name_zh:\u00a0吉林", "a no-break space (U+00A0)"),
        ("name_zh: 吉林", "name_zh:\u3000吉林", "a full-width space (U+3000)"),
        ("{value: terminate, reference: employee_first}", "{value: terminate， reference: employee_first}", "a full-width ，"),
        ("{value: [veteran], reference: no_wait}", "{value: [veteran]，reference: no_wait}", "a full-width ，"),
    ],
)
def test_a_full_width_sign_is_named_with_its_own_line(before: str, after: str, says: str, tree: Path):
    """yaml notices some of them two lines later. In quotes, comments and texts they are right."""
    target = tree / "provinces" / "22.yaml"
    text = target.read_text(encoding="utf-8")
    line = text[: text.index(before)].count("\n") + 1
    target.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(FileError) as caught:
        read_tree(tree)
    assert str(caught.value).startswith(f"policy/provinces/22.yaml: line {line}: YAML: {says} (")


def test_full_width_signs_of_a_text_are_not_blamed(tree: Path):
    target = tree / "provinces" / "22.yaml"
    text = target.read_text(encoding="utf-8")
    sound = text.replace("note: Only a summary of the text is known.\n", 'note: "已知：，\u3000摘要"  # ：，\u00a0\n', 1)
    assert sound != text
    target.write_text(sound, encoding="utf-8")
    read_tree(tree)
    target.write_text(sound.replace("not_modelled:", "not_modelled: [", 1), encoding="utf-8")
    with pytest.raises(FileError, match=r"22\.yaml: line \d+: YAML: (?!a )"):
        read_tree(tree)


def test_two_provinces_cannot_share_an_id(shanxi: Path):
    target = shanxi / "provinces" / "14.yaml"
    target.write_text(target.read_text(encoding="utf-8").replace("id: shanxi", "id: jilin"), encoding="utf-8")
    with pytest.raises(FileError, match="'jilin' is already taken"):
        read_tree(shanxi)


def test_an_overlay_inherits_explicitly(tree: Path):
    target = tree / "provinces" / "22.yaml"
    target.write_text(target.read_text(encoding="utf-8").replace("extends: national\n", ""), encoding="utf-8")
    with pytest.raises(FileError, match="missing 'extends'"):
        read_tree(tree)


def test_every_entry_cites_its_source():
    tree = read_tree()
    for file in (tree.national, *tree.provinces.values()):
        for table in (file.parameters, file.rules, file.standards, file.sharing):
            for series in table.values():
                for entry in series.entries:
                    assert entry.reference.document and entry.reference.clause
                    assert entry.reference.known_from in vocabulary.KNOWN_FROM


def test_what_is_not_seen_is_marked():
    national = read_tree().national
    known_from = {entry.start: entry.reference.known_from for entry in national.standards["nation"].entries}
    assert known_from[2024] == "public_notice"
    assert known_from[2023] == "own_knowledge"
    assert known_from[2026] == "arithmetic"
    jilin = read_tree().provinces["jilin"]
    for series in (*jilin.parameters.values(), *jilin.rules.values()):
        assert all(entry.reference.known_from == "summary" and entry.reference.note for entry in series.entries)


def test_every_ladder_step_is_a_fact():
    for shape in vocabulary.RULES.values():
        assert set(shape.ladder_facts) <= set(vocabulary.FACTS)
        assert set(shape.actions) <= set(vocabulary.ACTIONS)


def test_an_error_survives_a_process_boundary():
    error = FileError("policy/x.yaml", "a.b", "bad", "Mend it")
    assert str(pickle.loads(pickle.dumps(error))) == "policy/x.yaml: a.b: bad. Mend it."


def test_yaml_is_read_in_one_place():
    for path in ROOT.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        assert ("yaml" in imported) == (path.name == "loader.py")
