"""Judges a changed Python or policy file: the quick tests of its module, in a copy of the checkout.

A process imports the libraries once and forks a child for each mutant, which imports our own modules anew.
"""

import contextlib
import io
import os
import shutil
import signal
import sys
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
SECONDS = 300
_OF_DOCUMENTS = (
    *("candidate", "candidate_pair", "candidate_spelling", "component", "damaged_row", "document_link", "foreign_passport"),
    *("link_count", "link_status", "linked", "near_number", "newborn_row", "other_document", "person_of_document", "repairable"),
)
_LEDGERS = (
    "awaited",
    "reported_enrollment",
    "reported_premium",
    "pending",
    "deduction_ledger",
    "granted_refund",
    "paid_back",
    "refund_ledger",
    "case_ledger",
)
_OF_IDENTITY = ("tests/test_identity_published.py", "tests/test_identity_truth.py")
#: The first folder or file that a changed file lies in -> its tests, the quickest first. The tests of a policy file leave
#: out those of defects, which change the same lines themselves.
SUITES = {
    # rooms of SELECTs whose tables no night over prepared rows compares (mutants/nights.py)
    "transforms/mutual_aid/": ("tests/test_mutual_aid.py",),
    "transforms/reported/": ("tests/flows/test_report.py",),
    "transforms/explained/": ("tests/flows/test_explain.py",),
    "transforms/compared/": ("tests/flows/test_whatif.py",),
    "transforms/rekeyed/": ("tests/flows/test_secrecy.py",),
    "transforms/published/timeline": ("tests/flows/test_timelines.py",),
    "transforms/published/mutual_aid": ("tests/test_mutual_aid.py",),
    "transforms/published/identity_": _OF_IDENTITY,
    **{f"transforms/identifiers/{name}.sql": _OF_IDENTITY for name in _OF_DOCUMENTS},
    "transforms/identifiers/crowded": ("tests/flows/test_hostile_input.py",),
    **{f"transforms/consequences/{name}.sql": ("tests/flows/test_timelines.py",) for name in ("timeline", "stretch")},
    **{f"transforms/consequences/{name}.sql": ("tests/test_ledger.py", "tests/test_refund_ledger.py") for name in _LEDGERS},
    "transforms/retention/returned.sql": ("tests/test_returned_cases.py", "tests/test_remembered_returns.py"),
    "transforms/retention/ruled_by_choice.sql": ("tests/test_remembered_returns.py",),
    "transforms/facts/unread.sql": ("tests/test_rows_in_quarantine.py",),
    "transforms/consequences/after_death.sql": ("tests/test_consequences.py",),
    "transforms/published/after_death.sql": ("tests/test_consequences.py",),
    "transforms/identifiers/protected": ("tests/flows/test_protected.py",),
    "policy/national/": ("tests/policy/test_resolver.py", "tests/flows/test_waiting.py"),
    "policy/provinces/": ("tests/policy/test_resolver.py",),
    "policy/site.py": ("tests/policy/test_site_files.py",),
    "policy/": (
        "tests/policy/test_resolver.py",
        "tests/flows/test_waiting.py",
        "tests/policy/test_files.py",
        "tests/policy/test_policy_check.py",
        "tests/policy/test_site_files.py",
    ),
    "transforms/identifiers/": (
        "tests/transforms/test_mod11.py",
        "tests/transforms/test_identifiers.py",
        "tests/transforms/test_identifiers_kinds.py",
        "tests/transforms/test_names.py",
        "tests/transforms/test_identifiers_properties.py",
    ),
    "transforms/reading/": (
        "tests/transforms/test_values.py",
        "tests/transforms/test_reading_values.py",
        "tests/transforms/test_reading_rows.py",
        "tests/transforms/test_reading_members.py",
        "tests/transforms/test_reading_wanted.py",
        "tests/transforms/test_reading_duplicates.py",
    ),
    "transforms/retention/reasons.py": ("tests/transforms/test_reasons.py",),
    "transforms/engine.py": ("tests/transforms/test_engine.py", "tests/transforms/test_sql_files.py"),
    "transforms/parquet_views.py": ("tests/transforms/test_parquet_views.py",),
}
#: What is asked of a change of a SELECT that no night over prepared rows notices: links of documents, clerks' returns, rows in quarantine and
#: ledgers are not among the prepared ones, and what only words, worklists and pages read is not compared there.
BESIDE = {
    "transforms/worklists/": ("tests/flows/test_worklists.py",),
    "transforms/coverage/": ("tests/test_linked_documents.py", "tests/test_identity_published.py"),
    "transforms/identifiers/": ("tests/test_linked_documents.py", *_OF_IDENTITY),
    "transforms/consequences/": ("tests/test_ledger.py", "tests/test_refund_ledger.py", "tests/flows/test_timelines.py"),
    "transforms/": (
        "tests/test_linked_documents.py",
        "tests/test_returned_cases.py",
        "tests/test_rows_in_quarantine.py",
        "tests/test_identity_published.py",
        "tests/flows/test_timelines.py",
        "tests/flows/test_explain_claims.py",
    ),
}
LIBRARIES = ("duckdb", "hypothesis", "numpy", "polars", "pyarrow", "pyarrow.parquet", "pytest", "yaml", "opencc")


def suite(file: str) -> tuple[str, ...]:
    return next((tests for start, tests in SUITES.items() if file.startswith(start)), ())


def beside(file: str) -> tuple[str, ...]:
    return next((tests for start, tests in BESIDE.items() if file.startswith(start)), ())


class Copy:
    """A checkout of its own, in which one file at a time is changed."""

    def __init__(self, folder: Path):
        shutil.rmtree(folder, ignore_errors=True)
        ignored = shutil.ignore_patterns(".git", ".venv", "__pycache__", "warehouse", ".*_cache", ".hypothesis", "out")
        shutil.copytree(CHECKOUT, folder, ignore=ignored)
        self.folder = folder
        for name in LIBRARIES:
            __import__(name)

    def verdict(self, file: str, text: str, tests: tuple[str, ...]) -> str:
        """`killed`, `survived` or `too long`, of the file with that text."""
        target = self.folder / file
        sound = target.read_text(encoding="utf-8")
        target.write_text(text, encoding="utf-8")
        try:
            return self._run(tests)
        finally:
            target.write_text(sound, encoding="utf-8")

    def _run(self, tests: tuple[str, ...]) -> str:
        child = os.fork()
        if not child:
            os._exit(self._tests(tests))
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                return "survived" if os.waitstatus_to_exitcode(status) == 0 else "killed"
            time.sleep(0.02)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return "too long"

    def _tests(self, tests: tuple[str, ...]) -> int:
        import pytest

        os.chdir(self.folder)
        sys.dont_write_bytecode = True
        sys.path[:0] = [str(self.folder), str(self.folder / "tests")]
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            return int(
                pytest.main([*tests, "-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--hypothesis-seed=1", "--persons=1500"])
            )
