"""What a night published against the truth planted beside its extracts (sample_data/truth.py), as bags of rows."""

from pathlib import Path

import polars as pl
from nights import manifest_of, read

DECISION = ["action", "would_be", "rule_id", "deciding_fact", "kept_enrollment_id", "effective_date", "resumes_on", "timing"]
ENDED = ["enrollment_id", "rule_id", "kept_enrollment_id", "effective_date"]
REFUND = ["enrollment_id", "period_begin", "period_end", "case_id", "eligibility", "personal_amount", "assistance_amount", "channel"]
TABLES = ("overlaps", "decisions", "terminations", "suspensions", "reviews", "subsidy_deductions", "refunds", "quarantine", "counts")


def members() -> pl.Expr:
    return pl.col("enrollment_ids").list.join(",").alias("members")


def overlaps(publication: Path) -> pl.DataFrame:
    columns = ("starts_on", "ends_on", "category", "place", "timing")
    rows = read(publication, "overlaps")
    assert (rows["n_enrollments"] == rows["enrollment_ids"].list.len()).all()
    return rows.select(members(), *columns)


def with_overlap(publication: Path, name: str) -> pl.DataFrame:
    """Rows of a dataset with the members, start and timing of their overlap instead of its id."""
    told = read(publication, "overlaps").select("overlap_id", members(), "starts_on", "timing")
    return read(publication, name).join(told, on="overlap_id", how="left")


def deductions(publication: Path) -> pl.DataFrame:
    """Over all levels; an enrollment and year has one status and one basis."""
    key = ["enrollment_id", "fiscal_year"]
    rows = read(publication, "subsidy_deductions")
    assert rows.group_by(key).agg(pl.col("status", "basis").n_unique().max()).select(pl.max("status", "basis")).row(0) == (1, 1)
    return rows.group_by(key).agg(pl.first("status"), pl.sum("amount").cast(pl.Decimal(12, 2)), pl.first("basis"))


def quarantine(publication: Path, truth: pl.DataFrame) -> pl.DataFrame:
    """Rows in quarantine by the column that marks them in the truth."""
    rows = read(publication, "quarantine").with_row_index("at").with_columns(reasons=pl.col("reasons").list.sort().list.join(","))
    marker_of = truth.select("extract", "marker_column").unique()
    cells = rows.select("at", "extract", pl.col("raw").cast(pl.List(pl.Struct({"key": pl.String, "value": pl.String}))))
    cells = cells.explode("raw").unnest("raw").join(marker_of, left_on=["extract", "key"], right_on=["extract", "marker_column"])
    return rows.join(cells.select("at", marker="value"), on="at", how="left").select("extract", "marker", "reasons")


def counts(publication: Path) -> pl.DataFrame:
    """rows = accepted + merged + quarantined + superseded + copies. Merged rows are continuations of a spell."""
    manifest = manifest_of(publication)
    merged = {"enrollment": manifest["merged"]}
    told = [
        {
            "extract": n,
            **{c: e[c] for c in ("rows", "quarantined", "superseded", "copies")},
            "both": e["accepted"],
            "merged": merged.get(n, 0),
        }
        for n, e in manifest["extracts"].items()
        if e["files"] or n not in manifest["extracts_absent"]
    ]
    frame = pl.DataFrame(told)
    return frame.select("extract", "rows", "quarantined", "superseded", "copies", "merged", accepted=pl.col("both") - pl.col("merged"))


def found(publication: Path, table: str, truth: pl.DataFrame) -> pl.DataFrame:
    """The publication's side of one table of the truth, one row for each row that the truth should have."""
    if table == "overlaps":
        return overlaps(publication)
    if table == "decisions":
        return with_overlap(publication, "decisions").select("enrollment_id", "members", "starts_on", *DECISION)
    if table == "reviews":
        return with_overlap(publication, "reviews").select("enrollment_id", "members", "starts_on", "rule_id", "would_be")
    if table in ("terminations", "suspensions"):
        return read(publication, table).select(*ENDED, *(["resumes_on"] if table == "suspensions" else []))
    if table == "subsidy_deductions":
        return deductions(publication)
    if table == "refunds":
        return read(publication, "refunds").select(REFUND)
    return quarantine(publication, truth) if table == "quarantine" else counts(publication)


def expected(truth: pl.DataFrame, table: str) -> pl.DataFrame:
    if table == "overlaps":
        return truth.with_columns(members())
    if table == "quarantine":
        return truth.with_columns(reasons=pl.col("reasons").list.sort().list.join(","))
    return truth


def differences(truth_folder: Path, publication: Path, table: str) -> pl.DataFrame:
    """Rows that only one side has, with how many more times the night has them (negative: the truth)."""
    truth = pl.read_parquet(truth_folder / f"{table}.parquet")
    got = found(publication, table, truth)
    want = expected(truth, table).select(pl.col(c).cast(got.schema[c]) for c in got.columns)
    assert want.height, f"nothing is planted in {table}"
    both = pl.concat([got.with_columns(times=pl.lit(1)), want.with_columns(times=pl.lit(-1))])
    return both.group_by(got.columns).agg(pl.col("times").sum()).filter(pl.col("times") != 0).sort(got.columns)


def told(wrong: pl.DataFrame, truth_folder: Path) -> str:
    """Differences as text, with the archetype that planted each."""
    if "enrollment_id" in wrong.columns:
        wrong = wrong.join(pl.read_parquet(truth_folder / "archetypes.parquet"), on="enrollment_id", how="left")
    with pl.Config(tbl_rows=40, tbl_cols=-1, tbl_width_chars=240, fmt_str_lengths=60):
        return f"{wrong.height} rows differ; times > 0: only the night has it\n{wrong.head(40)}"
