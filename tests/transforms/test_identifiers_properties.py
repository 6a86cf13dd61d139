"""What must hold for any text: nothing raises, damage comes off, valid numbers stay as they are, and an obvious check agrees."""

import re
import unicodedata
from datetime import date

import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st
from identified import check_character, look_at, series
from inbox import AS_OF

from transforms.identifiers import identify
from transforms.identifiers.clean import repaired
from transforms.identifiers.damage import CHARACTERS
from transforms.identifiers.eighteen import read
from transforms.identifiers.keys import text_key

WOMAN = "220102199003070021"
QUICK = settings(max_examples=80, deadline=None)

# numbers ------------------------------------------------------------------------------------------------------------
AREAS = st.one_of(st.integers(100000, 799999), st.sampled_from([810000, 820000, 830000, 911840, 922392, 931410]))
ANY_AREA = st.one_of(AREAS, st.sampled_from([810001, 84, 840000, 0, 99999, 890000]))
BORN = st.dates(date(1800, 1, 1), AS_OF)


def first_17(area: int, year: int, month: int, day: int, sequence: int) -> str:
    return f"{area:06d}{year:04d}{month:02d}{day:02d}{sequence:03d}"


VALID_17 = st.builds(lambda area, born, n: first_17(area, born.year, born.month, born.day, n), AREAS, BORN, st.integers(0, 999))
NEAR_17 = st.builds(first_17, ANY_AREA, st.integers(1700, 2110), st.integers(0, 13), st.integers(0, 32), st.integers(0, 999))
VALID = VALID_17.map(lambda text: text + check_character(text))
NEAR = st.one_of(NEAR_17.map(lambda text: text + check_character(text)), st.builds(str.__add__, NEAR_17, st.sampled_from("0123456789X")))
#: A valid number of each kind that is not 18 characters long, with the type that says so.
DOCUMENTS = st.one_of(
    st.tuples(st.from_regex(r"H[1-9][0-9]{7}", fullmatch=True), st.just("04")),
    st.tuples(st.from_regex(r"M[C-Z][1-9][0-9]{6}", fullmatch=True), st.just("05")),
    st.tuples(st.from_regex(r"[0-9]{6}[1-4][5-9]", fullmatch=True), st.just("06")),
    st.tuples(st.from_regex(r"[A-Z]{3}[0-9]{10}[1-4][5-9]", fullmatch=True), st.just("07")),
    st.tuples(st.from_regex(r"[EGDSP][0-9]{6}[1-4][5-9]", fullmatch=True), st.just("16")),
    st.tuples(st.from_regex(r"[A-DF-Z][A-Z0-9]{2,11}[1-4][5-9]", fullmatch=True).filter(lambda n: "XXX" not in n), st.just("08")),
    st.tuples(st.from_regex(r"[军武沈]字第[0-9]{4,7}[1-4]号", fullmatch=True), st.sampled_from(["02", "03"])),
    st.tuples(st.from_regex(r"[A-Z][0-9]{7}[1-4][5-9]", fullmatch=True), st.just("99")),
    st.tuples(st.from_regex(r"[A-Z0-9][0-9]{6}[1-4][5-9]", fullmatch=True), st.just("90")),
)
TYPES = st.sampled_from([None, "01", "1", "02", "03", "04", "05", "06", "07", "08", "09", "16", "17", "90", "91", "99", "", "55"])
#: Characters that repairs, kinds and reasons speak of; any other text is taken from all of Unicode.
TELLING = "0123456789XxHMEGL ×хΧ-./'\"`=*?()（）０１２Ｘ\u3000\ufeff\u200b\u2060•·、。军字第号张三无\ue000"
ANY_TEXT = st.one_of(st.text(st.sampled_from(TELLING), max_size=24), st.text(max_size=24))

# damage -------------------------------------------------------------------------------------------------------------
WIDE = str.maketrans({c: chr(ord(c) + 0xFEE0) for c in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"})
INVISIBLE = st.sampled_from([" ", "\u00a0", "\u3000", "\u200b", "\u2060", "\u200e", "\ufeff", "\t", "\u2009", "\r\n"])


@st.composite
def damaged(draw, number: str) -> str:
    """One or several of the damages that the rules list, on a number of letters and digits."""
    for damage in draw(
        st.lists(st.sampled_from(["wide", "invisible", "wrapped", "separated", "lower", "look-alike"]), min_size=1, max_size=4)
    ):
        at = draw(st.integers(1, max(len(number) - 1, 1)))
        if damage == "wide":
            number = number.translate(WIDE)
        elif damage == "invisible":
            number = number[:at] + draw(INVISIBLE) + number[at:]
        elif damage == "wrapped":
            number = draw(st.sampled_from(["'{}", '="{}"', "`{}", "’{}", '"{}"'])).format(number)
        elif damage == "separated":
            number = number[:at] + draw(st.sampled_from(["-", ".", "·", "/", "–"])) + number[at:]
        elif damage == "lower":
            number = number.lower()
        elif number.endswith("X"):
            number = number[:-1] + draw(st.sampled_from("×Χх"))
    return number


def identified(numbers: list, types: list, as_of: date = AS_OF) -> pl.DataFrame:
    return identify(series(numbers), series(types), as_of)


# properties ---------------------------------------------------------------------------------------------------------
@given(st.lists(st.tuples(st.one_of(st.none(), ANY_TEXT), TYPES), min_size=1, max_size=20))
@QUICK
def test_any_text_is_identified_or_refused_and_never_both(rows):
    found = identified([text for text, _ in rows], [stated for _, stated in rows])
    assert found.height == len(rows)
    assert (found["person_key"].is_null() == (found["id_reasons"] != 0)).all()
    assert (found["person_key"] != 0).all()
    # whatever is accepted says who it is: by its key alone, or by its text
    assert ((found["person_key"] < 0) == found["canonical"].is_not_null()).fill_null(True).all()
    assert found["canonical"].filter(found["person_key"].is_null()).null_count() == (found["person_key"].null_count())


@given(st.lists(VALID, min_size=1, max_size=30), TYPES)
@QUICK
@example(["11010519491231002X"], "01")
def test_a_valid_number_is_never_refused_and_never_changed(numbers, stated):
    rows = look_at(numbers, [stated] * len(numbers))
    assert [(row["reasons"], row["text"], row["person_key"]) for row in rows] == [([], n, int(n[:17])) for n in numbers]
    assert all(row["flags"] <= {"type_corrected"} for row in rows)


@given(st.lists(DOCUMENTS, min_size=1, max_size=30))
@QUICK
def test_a_valid_document_is_never_refused_and_never_changed(documents):
    rows = look_at([number for number, _ in documents], [stated for _, stated in documents])
    assert [(row["reasons"], row["text"]) for row in rows] == [([], number) for number, _ in documents]
    assert all(row["flags"] <= {"no_nationality"} for row in rows)


def test_a_dot_before_a_check_character_of_0_is_no_decimal():
    (row,) = look_at(["10000020050106001.0"], ["01"])
    assert (row["reasons"], row["text"], row["flags"]) == ([], "100000200501060010", {"separators"})


@given(st.data())
@QUICK
def test_damage_comes_off(data):
    numbers = data.draw(st.lists(VALID, min_size=1, max_size=20))
    hurt = [data.draw(damaged(number)) for number in numbers]
    rows = look_at(hurt, ["01"] * len(hurt))
    assert [(row["reasons"], row["text"]) for row in rows] == [([], number) for number in numbers]
    # a number that came through whole is not said to be repaired, one that did not is
    repairs = {"width", "spaces", "wrappers", "separators", "case", "prefix"}
    assert [bool(row["flags"] & repairs) for row in rows] == [h != n for h, n in zip(hurt, numbers, strict=True)]


@given(st.data())
@QUICK
def test_damage_comes_off_documents(data):
    documents = data.draw(st.lists(DOCUMENTS, min_size=1, max_size=20))
    numbers, types = [number for number, _ in documents], [stated for _, stated in documents]
    hurt = [data.draw(damaged(number)) for number in numbers]
    # 1-5E12 without its hyphen is a quantity to nobody; 1.5E12 is one to a spreadsheet
    whole = [not re.fullmatch(r"[0-9](\.[0-9]+)?[Ee]\+?[0-9]+", unicodedata.normalize("NFKC", h)) for h in hurt]
    rows = look_at(hurt, types)
    assert [row["text"] for row, w in zip(rows, whole, strict=True) if w] == [n for n, w in zip(numbers, whole, strict=True) if w]


@given(st.lists(st.tuples(st.one_of(ANY_TEXT, VALID, DOCUMENTS.map(lambda d: d[0])), TYPES), min_size=1, max_size=20))
@QUICK
def test_the_canonical_form_of_a_canonical_form_is_itself(rows):
    """... under its kind's own type; travel permits, cards and prefixed numbers have lost what made them longer."""
    own_type = {
        "resident_id": "01", "residence_permit": "17", "foreign_pr": "07", "hk_macau_permit": "04", "taiwan_permit": "06",
        "passport": "08", "military": "02", "birth_certificate": "99", "social_security_card": "90", "other": "91",
    }  # fmt: skip
    first = [row for row in look_at([text for text, _ in rows], [stated for _, stated in rows]) if row["text"] is not None]
    if first:
        again = look_at([row["text"] for row in first], [own_type[row["kind"]] for row in first])
        assert [(row["kind"], row["text"], row["person_key"]) for row in again] == [
            (row["kind"], row["text"], row["person_key"]) for row in first
        ]


@given(st.lists(ANY_TEXT, min_size=1, max_size=30))
@QUICK
def test_a_repaired_text_needs_no_repair(texts):
    """... as far as it has the characters of a number; the rest is refused."""
    once, _ = repaired(series(texts))
    once = once.filter(once.str.contains(CHARACTERS))
    twice, flags = repaired(once)
    assert twice.to_list() == once.to_list()
    assert not flags.any()


@given(st.lists(st.tuples(st.one_of(ANY_TEXT, VALID, DOCUMENTS.map(lambda d: d[0])), TYPES), min_size=2, max_size=60))
@QUICK
def test_two_canonical_forms_never_share_a_key(rows):
    found = [row for row in look_at([text for text, _ in rows], [stated for _, stated in rows]) if row["text"] is not None]
    forms = {(row["kind"], row["text"]) for row in found}
    assert len({row["person_key"] for row in found}) == len(forms)


@given(st.lists(st.text(min_size=1, max_size=20), min_size=2, max_size=30, unique=True))
@settings(deadline=None)
def test_text_keys_are_negative_stable_and_tell_texts_apart(texts):
    kinds = pl.Series(["passport"] * len(texts))
    keys = text_key(kinds, pl.Series(texts))
    assert (keys < 0).all()
    assert keys.n_unique() == len(texts)
    assert keys.to_list() == [text_key(pl.Series(["passport"]), pl.Series([t]))[0] for t in texts]


@given(VALID)
@settings(max_examples=20, deadline=None)
def test_every_single_wrong_character_and_every_transposition_is_noticed(number):
    """... by the check character: what is accepted after one such error is never another person's number."""
    wrong = {number[:i] + c + number[i + 1 :] for i in range(18) for c in ("0123456789X" if i == 17 else "0123456789")}
    wrong |= {number[:i] + number[i + 1] + number[i] + number[i + 2 :] for i in range(16)}
    wrong = sorted(wrong - {number})
    assert not read(series(wrong), 20261122).valid.any()


@given(st.lists(st.one_of(
    st.none(), NEAR, st.sampled_from(["H1234567801", "张三", "2.2E+17", "220102-19900307-0021", "220102900307002", WOMAN, ""]),
), min_size=1, max_size=30), st.data())  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_what_is_said_of_a_number_does_not_depend_on_its_neighbours(numbers, data):
    types = data.draw(st.lists(TYPES, min_size=len(numbers), max_size=len(numbers)))
    together = identified(numbers, types)
    alone = [identified([n], [t]) for n, t in zip(numbers, types, strict=True)]
    assert together.to_dicts() == pl.concat(alone).to_dicts()


# against an obvious check, one number after the other ---------------------------------------------------------------
def is_whole(number: str, as_of: date) -> bool:
    """GB 11643 in words: seventeen digits and a check character, a kind, a day that exists and is not to come."""
    if not re.fullmatch("[0-9]{17}[0-9X]", number):
        return False
    if not (number[0] in "12345679" or number[:6] in ("810000", "820000", "830000")):
        return False
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return date(1800, 1, 1) <= born <= as_of and number[17] == check_character(number[:17])


def kind_of_whole(number: str) -> str:
    return {"8": "residence_permit", "9": "foreign_pr"}.get(number[0], "resident_id")


def without_damage(number: str) -> str:
    """The repairs of the rules, one character after the other."""
    kept = [c for c in number if unicodedata.category(c) not in ("Zs", "Zl", "Zp", "Cc", "Cf") and c not in "'’‘`´\"="]
    text = unicodedata.normalize("NFKC", "".join(kept))
    if not re.fullmatch(r"[0-9](\.[0-9]+)?[Ee]\+?[0-9]+", text):
        text = re.sub(r"^([0-9]+)\.0+$", r"\1", text)
        bare = re.sub(r"[-–—./·•、。]", "", text)
        hidden = re.search(r"[0-9A-Za-z][-.·•]{3,}[0-9A-Za-z]", text) and len(bare.encode()) not in (15, 18)
        text = text if hidden else bare
    text = re.sub("[a-z]+", lambda m: m[0].upper(), text)
    text = text[:-1] + "X" if text.endswith(tuple("×хХΧχ")) else text
    return re.sub(r"^(?:[GL]|HKG|MAC|TWN)(?=(?:[0-9]{15}|[0-9]{17}[0-9X])$)", "", text)


def resident_verdict(number: str, as_of: date) -> tuple[str | None, str | None]:
    """(canonical form, reasons) of a number stated to be a resident ID, for texts that no other kind claims."""
    text = without_damage(number)
    if not text or text == "无" or re.fullmatch(r"([0-9])\1*", text):
        return None, "id_missing"
    if "*" in text or re.search("[X×]{3}", text) or re.search(r"[-.·•]{3}", text):
        return None, "id_masked"
    if re.fullmatch(r"[0-9](\.[0-9]+)?E\+?[0-9]+", text):
        return None, "id_excel_scientific"
    if not re.search("[0-9]", text) and sum(c.isalpha() for c in text) >= 2:
        return None, "id_is_a_name"
    card = re.fullmatch(r"([0-9]{17}[0-9X])[1-7][1-4](B[0-9]{1,2})?", text)
    if card and is_whole(card[1], as_of) and card[1][0] != "9":
        return card[1], None
    if is_whole(text, as_of):
        return text, None
    if re.search("[^0-9X]|X.", text):
        return None, "id_characters"
    if len(text) not in (15, 18):
        return None, "id_length"
    if not (text[0] in "12345679" or text[:6] in ("810000", "820000", "830000")):
        return None, "id_characters"
    if len(text) == 15:
        whole = text[:6] + ("18" if text[12:] >= "996" else "19") + text[6:]
        if not (text[0] in "1234567" and text.isdecimal()):
            return None, "id_characters"
        return (whole + check_character(whole), None) if is_whole(whole + check_character(whole), as_of) else (None, "id_birth_date")
    if text[17] == check_character(text[:17]):
        return None, "id_birth_date"
    nobody = "" if is_whole(text[:17] + check_character(text[:17]), as_of) else " id_birth_date"
    if text.endswith("000"):
        return None, "id_excel_truncated" + nobody
    if text[17] != "X" and int(float(text)) == int(text):
        return None, "id_float_rounded" + nobody
    return None, "id_checksum" + nobody


FIFTEEN = st.from_regex(r"[1-79][0-9]{5}[0-9]{2}[01][0-9][0-3][0-9](?:99[5-9]|[0-9]{3})", fullmatch=True)
CUT = VALID.map(lambda number: number[:15] + "000")
ROUNDED = VALID.filter(lambda number: number[17] != "X").map(lambda number: str(int(float(number))))
LONGER = st.builds(str.__add__, VALID, st.sampled_from(["42", "11", "85", "21B1", "4", "420", "34B12"]))
CLAIMED_BY_OTHERS = re.compile(
    r"(?:(?:HKG|MAC)0*)?[HM](?:[0-9]{8}|[A-Z][0-9]{7})(?:[0-9]{2})?|[0-9]{10}\([A-Z]\)|TWN0*[0-9]{8}|[A-Z][0-9]{9}"
    r"|[EGDSPK][0-9]{8}|E[A-HJ-NP-Z][0-9]{7}|(?:SE|DE|PE|KJ|MA|MB)[0-9]{7}|[A-Z]{3}[0-9]{12}|.{1,4}字第?[0-9]{4,9}号?"
)


@given(st.lists(st.one_of(
    VALID, NEAR, FIFTEEN, CUT, ROUNDED, LONGER, st.text(st.sampled_from(TELLING), max_size=24),
    st.one_of(VALID, NEAR, FIFTEEN, CUT, LONGER).flatmap(damaged),
), min_size=1, max_size=40), st.sampled_from([AS_OF, date(2000, 2, 28), date(1949, 12, 31)]))  # fmt: skip
@settings(max_examples=150, deadline=None)
@example(["220102199003070000", "220102199003070016", "220102100307996", "22010219900307002142"], AS_OF)
def test_the_columns_agree_with_one_number_after_the_other(numbers, as_of):
    numbers = [n for n in numbers if not CLAIMED_BY_OTHERS.fullmatch(without_damage(n))]
    if numbers:
        rows = look_at(numbers, ["01"] * len(numbers), as_of)
        expected = [resident_verdict(n, as_of) for n in numbers]
        assert [(row["text"], {*row["reasons"]}) for row in rows] == [(text, {*(reasons or "").split()}) for text, reasons in expected]
        assert [row["kind"] for row in rows if row["text"]] == [kind_of_whole(text) for text, _ in expected if text]
