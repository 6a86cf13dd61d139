"""`python -m mutants`: mutate SQL, Python and policy files, and see whether the quick tests notice.

Which mutants are tried is drawn by seed, so many of each file; the same seed tries the same ones.
"""

import argparse
import json
import multiprocessing
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from mutants.changes import Mutant, of_python, of_sql, of_yaml
from mutants.suites import beside, suite

CHECKOUT = Path(__file__).resolve().parents[2]
#: Files in which a change is no change of what is decided, with the reason; they are not mutated.
LEFT_OUT = {
    "transforms/published/reconciliation.sql": "compares counts of a sound night with each other",
    "transforms/overlaps/overlap_share.sql": "needs the gate; tests/flows/test_gates.py",
    "transforms/identifiers/person.sql": "needs documents; tests/flows/test_publication.py",
    "transforms/published/persons.sql": "the same",
    "transforms/retention/words.py": "words only; tests/docs/test_documents.py",
}
MOST_OF_A_FILE = 40


def mutants_of(kind: str) -> Iterable[list[Mutant]]:
    """The mutants of each file of a kind."""
    globs = {
        "sql": ("transforms/*/*.sql", of_sql),
        "python": ("policy/*.py transforms/*.py transforms/*/*.py transforms/*/*/*.py", of_python),
        "yaml": ("policy/national/*.yaml policy/provinces/*.yaml", of_yaml),
    }
    patterns, change = globs[kind]
    for path in sorted({path for pattern in patterns.split() for path in CHECKOUT.glob(pattern)}):
        file = str(path.relative_to(CHECKOUT))
        if file not in LEFT_OUT and path.name != "__init__.py":
            yield list(change(file, path.read_text(encoding="utf-8")))


def drawn(kind: str, count: int, seed: int) -> list[Mutant]:
    """`count` mutants: no file gives more than MOST_OF_A_FILE, so that a long one does not stand for all."""
    draw = random.Random(f"{seed}/{kind}")
    pool = [mutant for found in mutants_of(kind) for mutant in draw.sample(found, min(MOST_OF_A_FILE, len(found)))]
    return sorted(draw.sample(pool, min(count, len(pool))), key=lambda mutant: mutant.file)


def judge_nights(work: list[Mutant], out: multiprocessing.Queue, folder: str) -> None:
    from mutants.nights import Judge

    judge = Judge(Path(folder))
    for mutant in work:
        out.put((mutant.name, judge.verdict(mutant.file.removeprefix("transforms/"), mutant.text)))


def judge_suites(work: list[Mutant], out: multiprocessing.Queue, folder: str, tests_of=suite) -> None:
    from mutants.suites import Copy

    copy = Copy(Path(folder) / "checkout")
    for mutant in work:
        out.put((mutant.name, copy.verdict(mutant.file, mutant.text, tests_of(mutant.file))))


judge_beside = partial(judge_suites, tests_of=beside)


def run(judge, mutants: list[Mutant], workers: int) -> dict[str, str]:
    """Mutant -> verdict, by `workers` processes."""
    if not mutants:
        return {}
    context, verdicts = multiprocessing.get_context("spawn"), {}
    out = context.Queue()
    with tempfile.TemporaryDirectory() as folder:
        processes = [context.Process(target=judge, args=(mutants[n::workers], out, f"{folder}/{n}")) for n in range(workers)]
        for process in processes:
            process.start()
        while len(verdicts) < len(mutants) and (any(p.is_alive() for p in processes) or not out.empty()):
            try:
                name, verdict = out.get(timeout=5)
            except Exception:
                continue
            verdicts[name] = verdict
            if verdict in ("survived", "too long") and judge is not judge_nights:
                print(f"{verdict}: {name}", flush=True)
        for process in processes:
            process.join()
    return verdicts


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m mutants", description="Mutation testing; fails where fewer than 90% are killed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sql", type=int, default=600, help="how many changes of SELECTs")
    parser.add_argument("--python", type=int, default=150, help="how many changes of Python")
    parser.add_argument("--yaml", type=int, default=200, help="how many changes of policy files")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, help="write the verdicts here, as JSON")
    options = parser.parse_args()
    total, lines, every = Counter(), [], {}
    for kind, judge in (("sql", judge_nights), ("python", judge_suites), ("yaml", judge_suites)):
        mutants = drawn(kind, getattr(options, kind), options.seed)
        if not mutants:
            continue
        started = time.monotonic()
        elsewhere = [mutant for mutant in mutants if judge is judge_nights and suite(mutant.file)]
        verdicts = run(judge, [mutant for mutant in mutants if mutant not in elsewhere], options.workers)
        verdicts |= run(judge_suites, elsewhere, options.workers)
        unnoticed = [
            mutant for mutant in mutants if judge is judge_nights and mutant not in elsewhere and verdicts.get(mutant.name) == "survived"
        ]
        verdicts |= run(judge_beside, unnoticed, options.workers)
        if len(verdicts) < len({mutant.name for mutant in mutants}):
            print(f"mutants: only {len(verdicts)} of {len(mutants)} {kind} mutants were judged; a judge failed", file=sys.stderr)
            return 1
        told = Counter(verdicts.values())
        total += told
        every |= verdicts
        lines.append(row(kind, told, time.monotonic() - started))
    print("\n".join(["kind    tried  no select  killed  too long  survived  share  seconds", *lines, row("all", total, 0)]))
    if options.out:
        options.out.write_text(json.dumps(every, indent=1, sort_keys=True, ensure_ascii=False), encoding="utf-8")
    return 0 if share(total) >= 0.9 else 1


def share(told: Counter) -> float:
    """Killed among those that ran to their end."""
    return told["killed"] / max(told["killed"] + told["survived"], 1)


def row(kind: str, told: Counter, seconds: float) -> str:
    return (
        f"{kind:<7} {sum(told.values()):>5}  {told['no select']:>9}  {told['killed']:>6}  {told['too long']:>8}  {told['survived']:>8}  "
        f"{share(told):>5.1%}  {seconds:>7.0f}"
    )
