"""Nobody is merged with somebody else, and nobody is missed, among 20,000 people whose documents are damaged, changed and linked.

Who is who is planted (sample_data/archetypes/documents.py and mistaken.py): a night must find the same persons, by the overlaps
and decisions it publishes, and leave in doubt what is planted as doubtful.
"""

from collections import defaultdict
from pathlib import Path

import polars as pl
import pytest
from inbox import AS_OF
from nights import PUBLISHED, arguments_of, read, run_here
from planted import differences, found, told

from sample_data.archetypes import ARCHETYPES, documents, doubt, mistaken
from sample_data.generate import generate

PERSONS, SEED = 20_000, 31
OF_DOCUMENTS = [a.name for a in ARCHETYPES.values() if a.plant.__module__ in (documents.__name__, mistaken.__name__)]
OF_DOUBT = [a.name for a in ARCHETYPES.values() if a.plant.__module__ == doubt.__name__]
#: Fields that disagree, as reviews name them; all other doubts concern the number: documents linked into something suspicious.
FIELDS = ("psn_name", "gend", "brdy")
NUMBER = "certno"
#: What becomes of a link, by the state it is planted in.
STATUS = {"holds": "applied", "was_undone": "undone", "undoes": "undone", "to_come": "future"}


@pytest.fixture(scope="module")
def night(tmp_path_factory, key_file) -> Path:
    """A folder with ``inbox``, ``truth`` and ``warehouse``."""
    folder = tmp_path_factory.mktemp("identity")
    generate(PERSONS, SEED, AS_OF, folder, "parquet")
    ran = run_here(arguments_of(folder / "inbox", folder / "warehouse"), ONECOVER_KEY_FILE=str(key_file))
    assert ran.status == PUBLISHED, ran.err
    return folder


@pytest.fixture(scope="module")
def publication(night) -> Path:
    return night / "warehouse" / "current"


def truth(night: Path, table: str) -> pl.DataFrame:
    return pl.read_parquet(night / "truth" / f"{table}.parquet")


@pytest.fixture(scope="module")
def true_person(night) -> dict[str, int]:
    """Enrollment -> person; whoever is not in it has this one enrollment alone."""
    return dict(truth(night, "persons").select("enrollment_id", "person").iter_rows())


@pytest.fixture(scope="module")
def doubtful(night) -> set[str]:
    return set(truth(night, "conflicts")["enrollment_id"])


@pytest.fixture(scope="module")
def published_person(publication) -> dict[str, str]:
    """Enrollment -> person_id, of everybody a night speaks of."""
    members = read(publication, "overlaps").explode("enrollment_ids").select("enrollment_ids", "person_id")
    decided = read(publication, "decisions").select("enrollment_id", "person_id")
    return dict(members.iter_rows()) | dict(decided.iter_rows())


def by_value(pairs: dict) -> dict:
    """Value -> set of keys."""
    groups = defaultdict(set)
    for key, value in pairs.items():
        groups[value].add(key)
    return groups


# persons ------------------------------------------------------------------------------------------------------------
def test_no_person_is_two_people(published_person, true_person, doubtful):
    for enrollments in by_value(published_person).values():
        if not enrollments & doubtful:
            assert len({true_person.get(e, e) for e in enrollments}) == 1, enrollments


def test_no_people_are_one_person_twice(published_person, true_person, doubtful):
    spoken_of = {e: true_person.get(e, e) for e in published_person if e not in doubtful}
    for enrollments in by_value(spoken_of).values():
        assert len({published_person[e] for e in enrollments}) == 1, enrollments


def test_doubtful_people_are_looked_at_by_a_person(publication, doubtful):
    decided = read(publication, "decisions").filter(pl.col("enrollment_id").is_in(list(doubtful)))
    assert set(decided["enrollment_id"]) == doubtful
    assert set(decided["rule_id"]) == {"identity_conflict"}
    assert set(decided.select(pl.coalesce("would_be", "action")).to_series()) == {"review"}


def test_reviews_name_what_disagrees(night, publication):
    field = pl.when(pl.col("conflict").is_in(FIELDS)).then("conflict").otherwise(pl.lit(NUMBER))
    planted = truth(night, "conflicts").group_by("enrollment_id").agg(field.unique())
    expected = {enrollment: set(fields) for enrollment, fields in planted.iter_rows()}
    rows = read(publication, "reviews").filter(pl.col("enrollment_id").is_in(list(expected)))
    assert {NUMBER, *FIELDS} == set(rows["conflict"].explode())
    for enrollment, conflict in rows.select("enrollment_id", "conflict").iter_rows():
        assert set(conflict) == expected[enrollment]


@pytest.mark.parametrize("archetype", [*OF_DOCUMENTS, *OF_DOUBT])
@pytest.mark.parametrize("table", ["overlaps", "decisions"])
def test_an_archetype_is_found_as_planted(night, publication, table, archetype):
    planted = set(truth(night, "archetypes").filter(pl.col("archetype") == archetype)["enrollment_id"])
    assert planted
    wrong = differences(night / "truth", publication, table)
    own = pl.col("enrollment_id").is_in(list(planted)) if table == "decisions" else pl.col("members").str.contains_any(list(planted))
    wrong = wrong.filter(own)
    assert wrong.is_empty(), told(wrong, night / "truth")


def test_twins_and_people_with_one_number_in_two_countries_are_spoken_of_by_nobody(night, published_person):
    alone = [
        "twins",
        "newborn_twins",
        "passports_of_two_countries",
        "number_of_another_kind",
        "link_undone",
        "link_to_come",
        "newborn_not_linked",
        "documents_not_linked",
    ]
    archetypes = truth(night, "archetypes").filter(pl.col("archetype").is_in(alone))
    assert archetypes["archetype"].n_unique() == len(alone)
    assert not set(archetypes["enrollment_id"]) & set(published_person)


# identifiers --------------------------------------------------------------------------------------------------------
def identifiers_of(publication: Path) -> dict[str, set[tuple[str, str]]]:
    """person_id -> every (kind, canonical form) that restricted/persons holds."""
    rows = read(publication, "persons").select("person_id", "cert_type", "certno_canonical", "other_identifiers")
    return {person: {(kind, number), *((o["kind"], o["canonical"]) for o in others)} for person, kind, number, others in rows.iter_rows()}


def components(night: Path) -> dict[tuple[str, str], set[tuple[str, str]]]:
    """Document -> all documents that links which hold join it with, itself included."""
    groups: dict = {}
    holds = truth(night, "links").filter(pl.col("state") == "holds")
    for old_kind, old, new_kind, new in holds.select("old_kind", "old_canonical", "new_kind", "new_canonical").iter_rows():
        one, other = (groups.get(d, {d}) for d in ((old_kind, old), (new_kind, new)))
        both = one | other
        groups |= dict.fromkeys(both, both)
    return groups


def test_every_person_is_known_by_the_documents_it_is_enrolled_under(night, publication, published_person):
    known, joined = identifiers_of(publication), components(night)
    rows = truth(night, "persons").select("enrollment_id", "kind", "canonical")
    compared = 0
    for enrollment, kind, canonical in rows.iter_rows():
        if enrollment in published_person:
            identifiers, document = known[published_person[enrollment]], (kind, canonical)
            assert document in identifiers
            assert identifiers <= joined.get(document, {document})
            compared += 1
    assert compared > 1000


def pairs(rows: pl.DataFrame) -> list[frozenset]:
    """The two documents of each link, whichever is called the old one."""
    columns = rows.select("old_kind", "old_canonical", "new_kind", "new_canonical")
    return [frozenset([(old_kind, old), (new_kind, new)]) for old_kind, old, new_kind, new in columns.iter_rows()]


def test_every_link_is_published_with_what_became_of_it(night, publication):
    links = truth(night, "links").sort("link_date")
    # the last entry of a pair says how it stands
    expected = {pair: STATUS[state] for pair, state in zip(pairs(links), links["state"], strict=True)}
    doubtful = truth(night, "conflicts").filter(~pl.col("conflict").is_in(FIELDS))["enrollment_id"]
    documents = truth(night, "persons").filter(pl.col("enrollment_id").is_in(doubtful.implode())).select("kind", "canonical")
    joined = components(night)
    suspicious = set().union(*(joined[document] for document in documents.iter_rows()))
    for pair, status in expected.items():
        if status == "applied" and pair <= suspicious:
            expected[pair] = "suspicious"
    rows = read(publication, "identity_links")
    assert dict(zip(pairs(rows), rows["status"], strict=True)) == expected
    assert set(expected.values()) == {"applied", "undone", "future", "suspicious"}


# damage -------------------------------------------------------------------------------------------------------------
def test_numbers_beyond_repair_are_out_of_use(night, publication, published_person):
    spoiled = truth(night, "candidates").filter(pl.col("basis") == "repaired_number")["enrollment_id"]
    quarantined = found(publication, "quarantine", truth(night, "quarantine"))
    marks = truth(night, "quarantine").filter(pl.col("key").is_in(spoiled.implode()))
    assert len(marks) == len(spoiled) > 0
    both = marks.with_columns(pl.col("reasons").list.join(",")).join(quarantined, on=["extract", "marker", "reasons"])
    assert len(both) == len(spoiled)
    assert not set(spoiled) & set(published_person)


# candidates ---------------------------------------------------------------------------------------------------------
def named(publication: Path) -> set[tuple]:
    """(basis, enrollment, number, other number) of every published candidate; of a damaged number the number is null."""
    rows = read(publication, "identity_candidates").select("basis", "row_key", "left_kind", "left_number", "right_number")
    return {(basis, key, kind and left, right) for basis, key, kind, left, right in rows.iter_rows()}


def test_every_planted_candidate_is_named(night, publication):
    published = named(publication)
    rows = truth(night, "candidates")
    assert rows["basis"].n_unique() == 3
    for basis, one, other, number, other_number in rows.iter_rows():
        # of two sound documents either may stand on the left
        assert {(basis, one, number, other_number), (basis, other, other_number, number)} & published, (basis, one, other)


def test_candidates_are_never_applied(night, published_person):
    applied = [
        (one, other)
        for one, other in truth(night, "candidates").select("enrollment_id", "other_enrollment_id").iter_rows()
        if one in published_person and published_person[one] == published_person.get(other)
    ]
    assert not applied


def test_nobody_is_a_candidate_by_mistake(night, publication):
    """What nobody planted has the same name and birth date by chance, or is a row of the quarantine made from its person."""
    planted = {
        tuple(row) for row in truth(night, "candidates").select("basis", "enrollment_id", "canonical", "other_canonical").iter_rows()
    }
    planted |= {
        (b, o, on, n)
        for b, o, n, on in truth(night, "candidates").select("basis", "other_enrollment_id", "canonical", "other_canonical").iter_rows()
    }
    extra = named(publication) - planted
    refused = set(truth(night, "quarantine").filter(pl.col("extract") == "enrollment")["key"])
    assert {basis for basis, *_ in extra} <= {"repaired_number", "same_name_and_birth"}
    assert all(key in refused for basis, key, _, _ in extra if basis == "repaired_number")
    by_chance = [row for row in extra if row[0] == "same_name_and_birth"]
    assert len(by_chance) <= PERSONS // 1000
