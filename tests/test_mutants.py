"""The mutator changes what it says, one thing at a time, and what it makes can still be read."""

import ast

import yaml
from mutants.changes import of_python, of_sql, of_yaml
from mutants.run import LEFT_OUT, drawn, mutants_of, share
from mutants.suites import CHECKOUT, beside, suite

SQL = """-- a comment: 1 < 2
SELECT if(a.starts_on < $as_of, coalesce(b, 0), 'x') AS ends_on
FROM t LEFT JOIN u USING (k)
WHERE a BETWEEN 1 AND 3 AND b IS NOT NULL
"""


def whats(found) -> list[str]:
    return [mutant.what for mutant in found]


def test_each_change_of_a_select_is_one_change():
    assert whats(of_sql("x.sql", SQL)) == [
        "(a.starts_on < $as_of, coalesce(b, 0), 'x') -> (a.starts_on < $as_of, 'x', coalesce(b, 0))",
        "a.starts_on -> a.ends_on",
        "< -> <=",
        "< -> >",
        "(b, 0) -> (0)",
        "0 -> 1",
        "'x' -> '#'",
        "LEFT -> nothing",
        "1 -> 2",
        "3 -> 4",
        "AND -> OR",
        "NOT -> nothing",
    ]
    assert all(mutant.text != SQL and mutant.text.startswith("-- a comment: 1 < 2\n") for mutant in of_sql("x.sql", SQL))


def test_python_and_policy_stay_readable():
    assert drawn("python", 1, 1) and drawn("yaml", 1, 1)
    for found in mutants_of("python"):
        for mutant in found[:20]:
            ast.parse(mutant.text)
    for found in mutants_of("yaml"):
        for mutant in found:
            yaml.safe_load(mutant.text)


def test_a_change_of_python_is_told_with_its_line():
    text = 'def f(a: int) -> int:\n    """1 < 2"""\n    return a + 1 if a >= 2 and not a == 7 else 0\n'
    assert {f"{mutant.line} {mutant.what}" for mutant in of_python("x.py", text)} >= {"3 >= -> >", "3 + -> -", "3 and -> or", "3 == -> !="}
    assert not any(mutant.line < 3 for mutant in of_python("x.py", text))


def test_a_change_of_a_policy_file_is_another_possible_value():
    text = "  values:\n      2021-01-01: {value: suspend, reference: x}\n      2022-01-01: {value: 24, reference: x}\n"
    assert whats(of_yaml("x.yaml", text)) == ["suspend -> terminate", "24 -> 25", "2021-01-01 -> 2021-01-02", "2022-01-01 -> 2022-01-02"]


def test_the_same_seed_tries_the_same_mutants_of_many_files():
    assert drawn("sql", 50, 3) == drawn("sql", 50, 3) != drawn("sql", 50, 4)
    assert len({mutant.file for mutant in drawn("sql", 200, 1)}) > 40
    assert len({mutant.name for mutant in drawn("yaml", 400, 1)}) > 100


def test_every_file_that_is_mutated_has_its_tests_and_what_is_left_out_exists():
    for kind in ("python", "yaml"):
        for mutant in (mutant for found in mutants_of(kind) for mutant in found[:1]):
            assert suite(mutant.file) and all((CHECKOUT / test).exists() for test in suite(mutant.file)), mutant.file
    for mutant in (mutant for found in mutants_of("sql") for mutant in found[:1]):
        assert all((CHECKOUT / test).exists() for test in (*suite(mutant.file), *beside(mutant.file))) and beside(mutant.file), mutant.file
    assert all((CHECKOUT / file).is_file() for file in LEFT_OUT)


def test_the_share_counts_what_ran_to_its_end():
    assert share({"killed": 9, "survived": 1, "too long": 5, "no select": 7}) == 0.9
