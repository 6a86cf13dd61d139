"""`whatif`: one night's inputs under two policies. What it says changes is what two separate nights publish differently."""

import json
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest
from inbox import AS_OF, Numbers, filler_people, scenario_of, write_inbox
from nights import (
    CHECKOUT,
    FAILED,
    PUBLISHED,
    SAMPLE,
    STOPPED,
    USAGE,
    Ran,
    environment,
    found_in,
    personal_values,
    read,
    run_command,
    run_here,
    state_of,
)
from reference.random_people import random_people

import flows.nightly
import flows.whatif
import policy
from flows.whatif import CHANGED, DECIDING, SHARED
from transforms.engine import SQL_ROOT, Engine

KEY = ["enrollment_id", "overlap_id"]
SAID = ["action", "would_be", "rule_id", "deciding_fact", "kept_enrollment_id", "effective_date", "resumes_on"]
#: Column -> what it is where a policy does not take the decision.
MONEY = {"deductions": Decimal(0), "refunds": Decimal(0)}


def whatif(inbox: Path, key_file: Path, *more, policies: tuple[str, str] = ("national", "jilin"), as_of: date | None = AS_OF) -> Ran:
    day = ["--as-of", as_of.isoformat()] if as_of else []
    a, b = policies
    return run_here(
        ["whatif", "--policy", a, "--against", b, *day, "--inbox", str(inbox), *map(str, more)],
        ONECOVER_KEY_FILE=str(key_file),
    )


# two nights, compared by hand ---------------------------------------------------------------------------------------
def outcomes(publication: Path) -> pl.DataFrame:
    """Decisions of a published night; on the row that counts of each enrollment its deductions and refunds."""
    decisions, overlaps = read(publication, "decisions"), read(publication, "overlaps")
    order = {"current": 1, "future": 2, "past": 3}
    days = pl.col("starts_on").dt.epoch("d")
    placed = (
        decisions.join(overlaps.select("overlap_id", "starts_on", "timing"), on="overlap_id", how="left")
        .with_columns(
            rank=pl.col("timing").replace_strict(order, default=0, return_dtype=pl.Int32),
            near=pl.when(pl.col("timing") == "past").then(-days).otherwise(days),
        )
        .sort("enrollment_id", "rank", "near")
    )
    counts = pl.int_range(pl.len()).over("enrollment_id") == 0
    money = [
        read(publication, name).with_columns(amount=amount).group_by("enrollment_id").agg(pl.col("amount").sum().alias(to))
        for name, amount, to in (
            ("subsidy_deductions", pl.col("amount"), "deductions"),
            ("refunds", pl.col("personal_amount") + pl.col("assistance_amount"), "refunds"),
        )
    ]
    cases = (
        read(publication, "refunds")
        .group_by("enrollment_id")
        .agg((pl.col("case_id") + " " + pl.col("eligibility")).unique().sort().str.join(", ").alias("refund_cases"))
    )
    for table in (*money, cases):
        placed = placed.join(table, on="enrollment_id", how="left")
    return placed.select(
        *KEY, "person_id", "scheme", "insu_admdvs", *SAID,
        *(pl.when(counts).then(pl.col(name)).fill_null(0).alias(name) for name in MONEY),
        pl.when(counts).then(pl.col("refund_cases")).alias("refund_cases"),
    )  # fmt: skip


def by_hand(a: Path, b: Path) -> pl.DataFrame:
    """The decisions that differ between two published nights, with the columns of the dataset, policies aside."""
    both = outcomes(a).join(outcomes(b), on=KEY, how="full", coalesce=True, nulls_equal=True, suffix="_b")
    columns = [*SAID, *MONEY, "refund_cases"]
    both = both.rename({name: f"{name}_a" for name in columns}).with_columns(
        *(pl.coalesce(name, f"{name}_b") for name in ("person_id", "scheme", "insu_admdvs")),
        *(pl.col(f"{name}_{side}").fill_null(0) for name in MONEY for side in "ab"),
    )
    differ = pl.any_horizontal(pl.col(f"{name}_a").ne_missing(pl.col(f"{name}_b")) for name in columns)
    return both.filter(differ).select(CHANGED.names[2:]).sort(KEY, nulls_last=False)


def same_rows(found: pl.DataFrame, expected: pl.DataFrame) -> None:
    """Equal, row by row; decimals by value."""
    assert found.columns == expected.columns
    assert found.to_dicts() == expected.to_dicts()


# national against Jilin, on the sample ------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def jilin(tmp_path_factory, night) -> Path:
    warehouse = tmp_path_factory.mktemp("jilin") / "warehouse"
    ran = night(SAMPLE, warehouse, "--policy", "jilin")
    assert ran.status == PUBLISHED, ran.err
    return warehouse / "current"


@pytest.fixture(scope="module")
def sample(tmp_path_factory, key_file) -> tuple[Path, Ran]:
    """The folder and the words of national against Jilin; the system's folder for temporary files is one's own."""
    root = tmp_path_factory.mktemp("whatif")
    (root / "temporary").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tempfile.tempdir", str(root / "temporary"))
        ran = whatif(SAMPLE, key_file, "--out", root / "out")
    assert ran.status == PUBLISHED, ran.err
    return root, ran


@pytest.fixture(scope="module")
def changed(sample) -> pl.DataFrame:
    return pl.read_parquet(sample[0] / "out" / "changed_decisions" / "*.parquet")


def test_what_changes_is_what_two_nights_publish_differently(changed, published, jilin):
    assert changed.height > 15
    same_rows(changed.drop("policy_a", "policy_b"), by_hand(published / "current", jilin))


def test_the_one_rule_that_jilin_words_differently_ends_instead_of_suspending(changed):
    moved = changed.filter((pl.col("action_a") != pl.col("action_b")) | (pl.col("would_be_a") != pl.col("would_be_b")))
    assert moved.height > 10
    assert set(moved["rule_id_a"]) == set(moved["rule_id_b"]) == {"cross_scheme_under_one_year"}
    assert set(moved.select("action_a", "action_b").unique().iter_rows()) <= {
        ("suspend", "terminate"),
        ("hold", "hold"),
        ("none", "none"),
        ("suspend", "review"),
    }
    assert moved.filter(pl.col("action_a") == "suspend", pl.col("action_b") == "terminate").height > 10
    held = moved.filter(pl.col("action_a").is_in(["hold", "none"]))
    assert set(held.select("would_be_a", "would_be_b").iter_rows()) == {("suspend", "terminate")}


def test_every_suspension_of_that_rule_is_among_them(changed, published):
    suspended = read(published / "current", "decisions").filter(rule_id="cross_scheme_under_one_year", action="suspend")
    assert suspended.height > 0
    assert set(suspended.select(KEY).iter_rows()) <= set(changed.select(KEY).iter_rows())


def test_the_premium_of_the_dead_is_refunded_in_jilin(changed):
    dead = changed.filter(pl.col("rule_id_a") == "deceased")
    assert dead.height > 0 and dead["refunds_a"].sum() == 0 < dead["refunds_b"].sum()
    assert all("death eligible" in cases for cases in dead["refund_cases_b"])
    assert (dead["action_a"] == dead["action_b"]).all()


def test_the_dataset_is_as_its_contract_says(sample):
    path = sample[0] / "out" / "changed_decisions" / "part-0.parquet"
    schema = pq.read_schema(path)
    assert schema.names == CHANGED.names and schema.metadata[b"key"] == b"enrollment_id overlap_id"
    assert str(schema.field("deductions_a").type) == "decimal128(12, 2)" and not schema.field("deductions_a").nullable
    assert schema.field("action_b").metadata[b"zh"].decode() == "处理动作（乙）"
    rows = pl.read_parquet(path)
    assert rows.select(KEY).equals(rows.select(KEY).sort(KEY, nulls_last=False)) and rows.select(KEY).is_unique().all()
    assert set(rows["policy_a"]) == {"national"} and set(rows["policy_b"]) == {"jilin"}


def figure(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def table_rows(out: str, head: str) -> list[list[str]]:
    """The rows of one part of the terminal's table, as name and figures; the totals have no head."""
    lines = [line.strip() for line in out.splitlines()]
    start = next(n for n, line in enumerate(lines) if (line.startswith(head) if head else line.endswith(" change")))
    rows = lines[start + 1 :]
    return [re.split(r"\s{2,}", row) for row in rows[: rows.index("")]]


def test_the_totals_are_those_of_the_two_nights(sample, published, jilin):
    found = {name: [figure(cell) for cell in cells] for name, *cells in table_rows(sample[1].out, "")}
    for name in ("terminations", "suspensions", "reviews"):
        a, b = (read(publication, name).height for publication in (published / "current", jilin))
        assert found[name] == [a, b, b - a]
    for name, sums in (
        ("deductions", ("subsidy_deductions", ["amount"])),
        ("refunds", ("refunds", ["personal_amount", "assistance_amount"])),
    ):
        dataset, columns = sums
        a, b = (sum(read(publication, dataset)[c].sum() for c in columns) for publication in (published / "current", jilin))
        assert found[f"{name}, yuan"] == [a, b, b - a]


def test_the_tables_by_rule_and_by_province_add_up_to_the_dataset(sample, changed):
    for head in ("by rule and action", "by province"):
        rows = [[figure(cell) for cell in cells] for _, *cells in table_rows(sample[1].out, head)]
        sums = [sum(column) for column in zip(*rows, strict=True)]
        assert sums[0] == changed.height
        assert sums[2:] == [changed[name].sum() for name in ("deductions_a", "deductions_b", "refunds_a", "refunds_b")]


def test_the_table_says_how_many_of_which_rule_and_action_in_which_province(sample, changed):
    rows = {name: cells for name, *cells in table_rows(sample[1].out, "by rule and action")}
    moved = changed.filter(pl.col("action_a") == "suspend", pl.col("action_b") == "terminate")
    assert rows["cross_scheme_under_one_year suspend -> terminate"][:2] == [str(moved.height), str(moved["person_id"].n_unique())]
    provinces = dict(changed.group_by(pl.col("insu_admdvs").str.head(2)).len().iter_rows())
    assert {name.split()[0]: int(cells[0]) for name, *cells in table_rows(sample[1].out, "by province")} == provinces
    assert f"changed    {changed.height} decisions of {changed['person_id'].n_unique()} people" in sample[1].out


def test_what_was_compared_is_written_beside_it(sample):
    told = json.loads((sample[0] / "out" / "whatif.json").read_text(encoding="utf-8"))
    assert told["as_of"] == AS_OF.isoformat()
    assert [told[f"policy_{side}"] for side in "ab"] == [{"id": p, "version": policy.load(p, AS_OF).version} for p in ("national", "jilin")]
    assert told["files"]["contribution"].keys() == {"tax/contribution_20261122.csv.gz"}


def test_the_extracts_are_read_once(sample):
    said = [line.split()[0] for line in sample[1].err.splitlines() if line.split() and line.split()[0] in (*SHARED, *DECIDING)]
    assert said == [*SHARED, *DECIDING, *DECIDING]


def test_nothing_is_left_behind(sample):
    assert list((sample[0] / "temporary").iterdir()) == []
    assert {p.name for p in (sample[0] / "out").iterdir()} == {"changed_decisions", "whatif.json"}


def test_no_name_and_no_certificate_number_leaves(sample, changed):
    told = sample[1].out + sample[1].err + (sample[0] / "out" / "whatif.json").read_text(encoding="utf-8") + str(changed.rows())
    assert found_in(told, personal_values(SAMPLE)) == set()


# any two policies ---------------------------------------------------------------------------------------------------
STRANGE = {
    "payment_grace_months": 0,
    "lookback_years": 0,
    "one_year_months": 3,
    "deduct_under_one_year": True,
    "refund_begun": "eligible",
    "suspended_deregistrations": ("emigrated", "prison"),
}


@pytest.fixture
def strange(monkeypatch):
    """A policy `strange` that changes which overlaps there are, how far back is looked, and the money."""
    load = flows.nightly.load_policy

    def with_strange(policy_id: str, as_of: date) -> policy.Policy:
        if policy_id != "strange":
            return load(policy_id, as_of)
        rules = load("national", as_of)
        return replace(rules, policy_id="strange", parameters=rules.parameters | STRANGE)

    monkeypatch.setattr(flows.nightly, "load_policy", with_strange)
    monkeypatch.setattr(flows.whatif, "load_policy", with_strange)


@pytest.fixture(scope="module")
def mixed_inbox(tmp_path_factory) -> Path:
    return write_inbox(tmp_path_factory.mktemp("mixed") / "inbox", random_people(300, seed=20261122), AS_OF)


def test_policies_that_see_other_overlaps(mixed_inbox, night, strange, key_file, tmp_path):
    """Either way round: the one that is decided first leaves nothing for the other."""
    accept, nights = ("--accept", "overlap_share"), {}
    for p in ("national", "strange", "fujian"):
        assert night(mixed_inbox, tmp_path / p, "--policy", p, *accept).status == PUBLISHED
        nights[p] = tmp_path / p / "current"
    for a, b in (("national", "strange"), ("strange", "national"), ("national", "fujian")):
        ran = whatif(mixed_inbox, key_file, "--out", tmp_path / "out", *accept, policies=(a, b))
        assert ran.status == PUBLISHED, ran.err
        found = pl.read_parquet(tmp_path / "out" / "changed_decisions" / "*.parquet").drop("policy_a", "policy_b")
        assert (b == "fujian") or (found["action_a"].null_count() and found["action_b"].null_count() and "no decision" in ran.out)
        same_rows(found, by_hand(nights[a], nights[b]))


def test_the_command_uses_every_file_of_its_room(few, key_file, tmp_path, monkeypatch):
    asked, text = set(), Engine._text
    monkeypatch.setattr(Engine, "_text", lambda engine, path: asked.add(path) or text(engine, path))
    whatif(few, key_file, "--out", tmp_path / "out")
    assert {path for path in asked if path.startswith("compared/")} == {f"compared/{p.name}" for p in (SQL_ROOT / "compared").glob("*.sql")}


def test_a_policy_against_itself_changes_nothing_and_the_same_folder_gets_the_same_bytes(few, key_file, tmp_path):
    out, said = tmp_path / "out", []
    for _ in range(2):
        ran = whatif(few, key_file, "--out", out, policies=("national", "national"))
        assert ran.status == PUBLISHED, ran.err
        said.append((ran.out, (out / "changed_decisions" / "part-0.parquet").read_bytes()))
    assert "changed    0 decisions of 0 people" in ran.out and "by province" not in ran.out
    assert said[0] == said[1]


# scenarios ----------------------------------------------------------------------------------------------------------
def months_before(count: int) -> dict:
    """Employee and resident at once, `count` months of employee contributions up to November."""
    first = 2026 * 12 + 10 - (count - 1)
    begin = f"{first // 12}-{first % 12 + 1:02d}"
    return {
        "person": {"born": date(1990, 3, 7), "sex": 2, "name": "李娜", "id": "440103"},
        "enrollments": {
            "E": {"scheme": "employee", "area": "440103", "from": date(first // 12, first % 12 + 1, 1), "emp_mgt_type": "01"},
            "R": {"scheme": "resident", "area": "220102", "from": date(2026, 1, 1)},
        },
        "contributions": {"E": [{"from": begin, "to": "2026-11"}], "R": [{"from": "2026-01", "to": "2026-12", "personal": 400}]},
        "says": "",
        "expect": {},
    }


def test_the_boundary_of_one_year_is_where_the_change_ends(tmp_path, key_file):
    """Eleven months: Jilin ends what the nation suspends. Twelve: both end it, and nothing changes."""
    numbers = Numbers()
    people = [scenario_of(months_before(n) | {"id": f"months-{n}"}, numbers).person for n in (6, 11, 12, 13)]
    inbox = write_inbox(tmp_path / "inbox", [*people, *filler_people(60, AS_OF)], AS_OF)
    ran = whatif(inbox, key_file, "--out", tmp_path / "out")
    assert ran.status == PUBLISHED, ran.err
    rows = pl.read_parquet(tmp_path / "out" / "changed_decisions" / "*.parquet")
    told = rows.select(
        "enrollment_id", "rule_id_a", "action_a", "rule_id_b", "action_b", "insu_admdvs", "refund_cases_a", "refund_cases_b"
    ).rows()
    under = "cross_scheme_under_one_year"
    assert told == [
        (f"months-{n}.R", under, "suspend", under, "terminate", "220102", "suspended not_refundable", "begun provincial") for n in (11, 6)
    ]
    assert "22 吉林省" in ran.out


# what is taken from a warehouse, and what is not ----------------------------------------------------------------------
def test_person_ids_are_those_of_the_warehouse_and_nothing_in_it_changes(few, tmp_path, monkeypatch):
    """Without a key file of its own the site's key lies in the warehouse."""
    warehouse = tmp_path / "warehouse"
    arguments = ["--as-of", AS_OF.isoformat(), "--inbox", str(few), "--warehouse", str(warehouse)]
    assert run_here(["nightly", *arguments]).status == PUBLISHED
    before = state_of(warehouse), sorted(p.name for p in warehouse.iterdir()), (warehouse / ".key").read_bytes()
    load = flows.whatif.load_policy
    ended = {"resident_usual_residence": replace(load("national", AS_OF).rules["resident_usual_residence"], action="review")}
    changed_rules = replace(load("national", AS_OF), rules=load("national", AS_OF).rules | ended)
    monkeypatch.setattr(flows.whatif, "load_policy", lambda p, day: changed_rules if p == "jilin" else load(p, day))
    ran = run_here(["whatif", "--against", "jilin", *arguments, "--out", str(tmp_path / "out")])
    assert ran.status == PUBLISHED, ran.err
    changed = pl.read_parquet(tmp_path / "out" / "changed_decisions" / "*.parquet")
    persons = read(warehouse / "current", "decisions")["person_id"]
    assert changed.height >= 8 and set(changed["person_id"]) <= set(persons)
    assert before == (state_of(warehouse), sorted(p.name for p in warehouse.iterdir()), (warehouse / ".key").read_bytes())


# --out --------------------------------------------------------------------------------------------------------------
def test_a_folder_that_holds_something_else_is_left_alone(few, key_file, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "letter.txt").write_text("keep")
    ran = whatif(few, key_file, "--out", tmp_path / "out")
    assert ran.status == USAGE and "--out" in ran.complaint
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("name", ["file/out", "/proc/out", "file"])
def test_a_folder_that_cannot_be_written_is_told_before_the_comparison(few, key_file, tmp_path, name):
    (tmp_path / "file").write_text("keep")
    ran = whatif(few, key_file, "--out", tmp_path / name)
    assert ran.status == USAGE and "--out" in ran.complaint and "ingest" not in ran.err
    assert (tmp_path / "file").read_text() == "keep"


def test_a_full_folder_for_temporary_files_is_told_in_one_line(few, key_file, monkeypatch):
    def full(**_) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.mkdtemp", full)
    ran = whatif(few, key_file)
    assert ran.status == FAILED and "the disk is full (in whatif)" in ran.complaint and "TMPDIR" in ran.complaint
    assert "published" not in ran.complaint


# exit status --------------------------------------------------------------------------------------------------------
@pytest.fixture
def temporary(tmp_path, monkeypatch) -> Path:
    """The system's folder for temporary files, to see that it is empty afterwards."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


@pytest.mark.parametrize(
    ("more", "helps"),
    [
        (["--against", "nowhere"], "national"),
        (["--against", "jilin", "--policy", "nowhere"], "national"),
        (["--against", "jilin", "--as-of", "tomorrow"], "YYYY-MM-DD"),
        (["--against", "jilin", "--accept", "no_such_gate"], "quarantine_share"),
        (["--against", "jilin", "--inbox", "no such inbox"], "--inbox"),
        (["--against", "jilin", "--memory", "much"], "4GB"),
    ],
)
def test_what_cannot_be_carried_out_exits_2(few, temporary, more, helps):
    ran = run_here(["whatif", "--as-of", AS_OF.isoformat(), "--inbox", str(few), *more])
    assert (ran.status, ran.out) == (USAGE, "") and helps in ran.complaint
    assert list(temporary.iterdir()) == []


def test_a_comparison_needs_the_policy_to_compare_with(few):
    ran = run_command(["whatif", "--as-of", AS_OF.isoformat(), "--inbox", str(few)])
    assert ran.status == USAGE and "--against" in ran.err


def test_with_the_least_that_can_be_said(few, key_file, tmp_path, temporary):
    """The newest date of the inbox is the day, no warehouse is made where none is, and nothing is kept."""
    ran = whatif(few, key_file, "--warehouse", tmp_path / "nowhere", as_of=None)
    assert ran.status == PUBLISHED, ran.err
    assert f"as-of {AS_OF}: the newest date" in ran.err and f"the night of {AS_OF}" in ran.out
    assert "nothing is kept" in ran.out
    assert not (tmp_path / "nowhere").exists() and list(temporary.iterdir()) == []


def test_a_data_gate_exits_3_and_leaves_nothing(few, key_file, temporary):
    ran = whatif(few, key_file, as_of=date(2026, 12, 22))
    assert (ran.status, ran.out) == (STOPPED, "")
    assert (
        "extract_stale of enrollment" in ran.complaint and "nothing was compared" in ran.complaint and str(temporary) not in ran.complaint
    )
    assert list(temporary.iterdir()) == []


def test_an_unreadable_file_exits_1_and_leaves_nothing(inbox, key_file, temporary):
    (inbox / "tax" / "contribution_20261122.parquet").write_bytes(b"PAR1 and no more")
    ran = whatif(inbox, key_file)
    assert (ran.status, ran.out) == (FAILED, "") and "contribution_20261122.parquet" in ran.complaint
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_comparison_that_is_ended_from_outside_leaves_nothing(few, key_file, temporary, sign):
    """What it works on holds certificate numbers."""
    arguments = ["whatif", "--against", "jilin", "--as-of", AS_OF.isoformat(), "--inbox", str(few)]
    variables = environment(ONECOVER_KEY_FILE=str(key_file), TMPDIR=str(temporary))
    process = subprocess.Popen([sys.executable, "-m", "flows", *arguments], cwd=CHECKOUT, env=variables, stderr=subprocess.PIPE, text=True)
    try:
        deadline = time.monotonic() + 60
        while not list(temporary.glob("onecover-whatif-*/.runs")) and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        assert process.poll() is None
        process.send_signal(sign)
        _, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == FAILED and "Traceback" not in err
    assert list(temporary.iterdir()) == []


def test_protected_persons_have_no_province_in_the_table(sample, published, tmp_path, key_file):
    site = tmp_path / "site"
    site.mkdir()
    persons = read(published / "current", "persons").select("certno_canonical", "cert_type").drop_nulls()
    (site / "protected.txt").write_text("\n".join(",".join(row) for row in persons.iter_rows()), encoding="utf-8")
    (site / "protected.txt").chmod(0o600)
    command = ["whatif", "--policy", "national", "--against", "jilin", "--as-of", f"{AS_OF}", "--inbox", str(SAMPLE)]
    ran = run_here([*command, "--warehouse", str(published), "--site", str(site)], ONECOVER_KEY_FILE=str(key_file))
    places = [{name.split()[0] for name, *_ in table_rows(out, "by province")} for out in (sample[1].out, ran.out)]
    assert len(places[0]) > 1 and places[1] == {"00"}
