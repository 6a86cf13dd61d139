"""datapackage.json says of every open file what is in it: fields, keys, size and hash are those of the files."""

import hashlib
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from nights import read

from contracts import DATASETS

#: Types of Table Schema, version 2, and the Arrow types that hold their values.
HOLDS = {
    "string": pa.types.is_string, "date": pa.types.is_date, "datetime": pa.types.is_timestamp, "integer": pa.types.is_integer,
    "boolean": pa.types.is_boolean, "number": pa.types.is_decimal, "array": pa.types.is_list,
}  # fmt: skip


@pytest.fixture(scope="module")
def current(published):
    return published / "current"


@pytest.fixture(scope="module")
def package(current) -> dict:
    return json.loads((current / "datapackage.json").read_text(encoding="utf-8"))


def test_it_is_a_data_package_of_every_open_dataset(package):
    assert package["$schema"].startswith("https://datapackage.org/profiles/2.0/") and package["name"] == package["name"].lower()
    assert [r["name"] for r in package["resources"]] == [name for name, d in DATASETS.items() if not d.restricted]


def test_every_resource_is_its_file(package, current):
    for resource in package["resources"]:
        file = current / resource["path"]
        assert not resource["path"].startswith(("/", ".")) and file.stat().st_size == resource["bytes"]
        assert resource["hash"] == "sha256:" + hashlib.sha256(file.read_bytes()).hexdigest()
        assert resource["rowCount"] == pq.read_metadata(file).num_rows


def test_fields_are_the_columns_with_their_types_words_and_nulls(package, current):
    for resource in package["resources"]:
        schema = pq.read_schema(current / resource["path"])
        fields = resource["schema"]["fields"]
        assert [f["name"] for f in fields] == schema.names
        for told, column in zip(fields, schema, strict=True):
            assert HOLDS[told["type"]](column.type), told
            assert told["constraints"]["required"] is not column.nullable
            assert (told["title"], told["description"]) == tuple(column.metadata[key].decode() for key in (b"zh", b"description"))


def test_keys_are_unique_and_lead_somewhere(package, current):
    for resource in package["resources"]:
        rows, schema = read(current, resource["name"]), resource["schema"]
        for key in [schema["primaryKey"]] if "primaryKey" in schema else schema["uniqueKeys"]:
            assert rows.select(key).is_duplicated().sum() == 0, resource["name"]
            assert "uniqueKeys" in schema or rows.select(key).null_count().sum_horizontal().item() == 0
        for key in schema.get("foreignKeys", ()):
            there = read(current, key["reference"]["resource"])[key["reference"]["fields"][0]]
            assert rows[key["fields"][0]].drop_nulls().is_in(there.implode()).all(), (resource["name"], key)
