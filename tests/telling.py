"""Whether what was left behind tells a name or a number, in any encoding it could have got into."""

import json
from pathlib import Path

from nights import found_in, texts_of

#: What may hold names and numbers: looked at for its modes instead.
PRIVATE = {"restricted", "worklists", "work"}


def spellings(value: str) -> set[str]:
    """The value as each encoding writes it, byte for byte as characters."""
    escaped = json.dumps(value)[1:-1]
    written = [
        *(value.encode(code) for code in ("utf-8", "gb18030", "utf-16-le", "utf-16-be")),
        escaped.encode(),
        escaped.upper().replace("\\U", "\\u").encode(),
        "".join(f"&#{ord(c)};" for c in value).encode(),
        "".join(f"&#x{ord(c):x};" for c in value).encode(),
    ]
    return {w.decode("latin-1") for w in written}


def bytes_of(*folders: Path) -> dict[str, str]:
    """File -> its bytes as characters, of every file."""
    return {str(p): p.read_bytes().decode("latin-1") for folder in folders for p in sorted(folder.rglob("*")) if p.is_file()}


def left_behind(*folders: Path) -> dict[str, str]:
    """File -> its bytes as characters, and of a Parquet file its cells, too; what is private is left out."""
    found = {}
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            if PRIVATE & set(path.relative_to(folder).parts) or path.name == ".key":
                continue
            found[str(path)] = path.read_bytes().decode("latin-1")
            if path.suffix == ".parquet":
                found[f"{path} cells"] = texts_of(path).encode().decode("latin-1")
    return found


def told(values: set[str], files: dict[str, str]) -> dict[str, int]:
    """File -> how many of the values it tells."""
    needles = {spelling for value in values for spelling in spellings(value)}
    hits = {name: len(found_in(text, needles)) for name, text in files.items()}
    return {name: n for name, n in hits.items() if n}
