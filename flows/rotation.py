"""A new key for person_id: the mapping from the old ids to the new ones, and a night that carries on under the new key."""

import json
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow.parquet.encryption import create_encryption_properties

from contracts import DATASETS
from flows.aside import engine_for
from flows.dataset_files import file_of, read_restricted
from flows.disk import PRIVATE_FILE, make_private
from flows.errors import NightError, UsageError
from flows.settings import key_id, make_key, read_key, restricted_key, site_key
from flows.warehouse import Warehouse, existing, nights_in

#: Beside the runs: it says which old id is which new one, so it is as private as restricted/.
FOLDER = ".rotations"


def rotate(warehouse: Path, new_key: Path) -> str:
    """Write the mapping of the newest publication's persons to ``.rotations/``; returns what to do next.

    Raises NightError where the publication was not made with the present key, or says of a person what does not give its id.
    """
    with existing(warehouse) as house:
        nights = nights_in(house.root)
        if not nights:
            raise UsageError(f"{warehouse} has no publication; with the first night any key will do")
        night = nights[max(nights)]
        old = site_key(warehouse)
        if not new_key.exists():
            make_key(new_key)
        new = read_key(new_key)
        if _key_of(night) not in (None, key_id(old)) or key_id(new) == key_id(old):
            raise UsageError(
                f"{night} was not published with the present key, or the new key is the same; name the present one with ONECOVER_KEY_FILE"
            )
        sealed = restricted_key()
        persons = _persons_of(night, sealed)
        mapped = _mapped(_ids(persons, old), _ids(persons, new))
        if mapped is None:
            raise NightError(
                f"{night}: the ids of its persons do not follow from the present key; nothing was changed. Name the key that it was published with (ONECOVER_KEY_FILE)"
            )
        path = make_private(house.root / FOLDER) / f"{night.resolve().name}-{key_id(new)}.parquet"
        pq.write_table(mapped, path, encryption_properties=create_encryption_properties(sealed) if sealed else None)
        path.chmod(PRIVATE_FILE)
    return (
        f"{len(mapped):,} persons: {path} says which old person_id is which new one.\n"
        f"From the next night on let ONECOVER_KEY_FILE name {new_key}; until then nothing changes. Keep the old key as long as old publications."
    )


def _persons_of(night: Path, sealed: bytes | None) -> pa.Table:
    try:
        return read_restricted(file_of(night, DATASETS["persons"]), sealed)
    except PermissionError:
        raise
    except (OSError, pa.ArrowException):
        raise NightError(f"{night}: restricted/persons is gone or damaged; restore that night from a backup, nothing was changed") from None


def since(house: Warehouse, as_of: date, key: bytes) -> Path | None:
    """The mapping to carry on with where the night before was published with another key; None where it was this one.

    Raises NightError where it was another key and nobody has rotated it: every person would seem to be another. Without an
    earlier night the nearest publication is checked in the same way, that of the day itself first.
    """
    night = house.night_before(as_of)
    if night is None:
        _check_nearest(house, key)
        return None
    if _key_of(night) in (None, key_id(key)):
        return None
    path = house.root / FOLDER / f"{night.resolve().name}-{key_id(key)}.parquet"
    if not path.exists():
        raise NightError(
            f"{night.name} was published with another key for person_id; nothing was published. Name that key with ONECOVER_KEY_FILE, "
            f"or change keys with `python -m flows rotate-key`"
        )
    return path


def _check_nearest(house: Warehouse, key: bytes) -> None:
    """All nights are of that day or later; a damaged one says nothing: publishing it again is how it is mended."""
    known = ((day, house.manifest_of(day).get("key_id")) for day in nights_in(house.root))
    day, before = next(((day, of) for day, of in known if of), (None, None))
    if before not in (None, key_id(key)):
        raise NightError(
            f"as_of={day} was published with another key for person_id; nothing was published. Name that key with ONECOVER_KEY_FILE, "
            "or another --warehouse"
        )


def _key_of(night: Path) -> str | None:
    """Raises NightError where its manifest is gone or damaged."""
    try:
        return json.loads((night / "manifest.json").read_text(encoding="utf-8")).get("key_id")
    except PermissionError:
        raise
    except (OSError, ValueError, AttributeError):
        raise NightError(f"{night} is damaged: its manifest.json cannot be read; restore that night from a backup") from None


def _mapped(old: pa.Table, new: pa.Table) -> pa.Table | None:
    """old_person_id, new_person_id; None where an id does not follow from the old key."""
    of_number = pc.equal(old["person_id"], old["of_number"])
    if not pc.all(pc.or_(of_number, pc.equal(old["person_id"], old["of_kind"]))).as_py():
        return None
    ids = pc.if_else(of_number, new["of_number"], new["of_kind"])
    return pa.table({"old_person_id": old["person_id"], "new_person_id": ids})


def _ids(persons: pa.Table, key: bytes) -> pa.Table:
    """person_id, of_number, of_kind: what each person's id is and what it would be under ``key``."""
    with engine_for("rotate") as engine:
        engine.secret(key)
        engine.register("last_person", persons)
        return engine.table("rekeyed/renamed.sql")
