"""``datapackage.json`` of a night: what each published dataset is, for whoever has the files and nothing else.

Source: Data Package and Table Schema, version 2 (datapackage.org). Restricted datasets are not in it: it may travel.
"""

from collections.abc import Mapping
from pathlib import Path

from contracts import DATASETS
from contracts.datasets import Dataset
from flows.dataset_files import file_of, write_json

NAME = "datapackage.json"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
SCHEMA = "https://datapackage.org/profiles/2.0/tableschema.json"
#: Logical type (contracts.model) -> type of a Table Schema field.
TYPES = {
    "text": "string", "date": "date", "timestamp": "datetime", "month": "integer", "int32": "integer", "int64": "integer",
    "boolean": "boolean", "money": "number", "texts": "array", "evidence": "array", "identifiers": "array", "raw": "object",
}  # fmt: skip
#: Where an id leads: column -> (dataset, column).
LEADS_TO = {"overlap_id": ("overlaps", "overlap_id")}


def write(run: Path, facts: Mapping[str, str], digests: Mapping[str, Mapping], rows: Mapping[str, int]) -> Path:
    """``facts``: as_of, policy_id, policy_version; ``digests``: file -> bytes, sha256; ``rows``: dataset -> rows."""
    path = run / NAME
    write_json(path, package(facts, digests, rows))
    return path


def package(facts: Mapping[str, str], digests: Mapping[str, Mapping], rows: Mapping[str, int]) -> dict:
    """The descriptor. Resources in the order of the contract."""
    open_ones = [dataset for dataset in DATASETS.values() if not dataset.restricted]
    return {
        "$schema": PROFILE,
        "name": f"onecover-{facts['as_of']}",
        "title": f"一人一保 OneCover {facts['as_of']}",
        "description": "Duplicate enrollment in basic medical insurance: decisions, money and what follows. Without names and certificate numbers.",
        "version": f"{facts['as_of']}+{facts['policy_id']}.{facts['policy_version']}",
        "resources": [_resource(dataset, digests, rows) for dataset in open_ones],
    }


def _resource(dataset: Dataset, digests: Mapping[str, Mapping], rows: Mapping[str, int]) -> dict:
    path = str(file_of(Path(), dataset))
    return {
        "name": dataset.name,
        "path": path,
        "type": "table",
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "title": dataset.zh,
        "description": dataset.grain,
        "bytes": digests[path]["bytes"],
        "hash": f"sha256:{digests[path]['sha256']}",
        "rowCount": rows[dataset.name],
        "schema": _schema(dataset),
    }


def _schema(dataset: Dataset) -> dict:
    keys = [
        {"fields": [name], "reference": {"resource": there, "fields": [column]}}
        for name, (there, column) in LEADS_TO.items()
        if name in dataset.names and there != dataset.name
    ]
    fields = [
        {
            "name": c.name,
            "type": TYPES[c.type],
            "title": c.zh,
            "description": c.meaning,
            "constraints": {"required": c.name not in dataset.nullable},
        }
        for c in dataset.columns
    ]
    schema = {"$schema": SCHEMA, "fields": fields}
    # a primary key has no null; where a part of the key may be null it is unique all the same
    whole = not dataset.nullable.intersection(dataset.key)
    return (
        schema
        | ({"primaryKey": list(dataset.key)} if whole else {"uniqueKeys": [list(dataset.key)]})
        | ({"foreignKeys": keys} if keys else {})
    )
