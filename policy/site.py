"""Reads a bureau's site folder, strictly: ``aliases.yaml`` and ``codes.yaml``, both optional. One line names what is wrong.

# aliases.yaml: extract -> column -> headers
enrollment:
  certno: [我局证件号, 参保人证件]

# codes.yaml: code list -> what is written -> code; for one extract alone below the extract's name
gend: {先生: "1", 女士: "2"}
contribution:
  clct_flag: {Y: "1", N: "0"}
"""

import hashlib
from pathlib import Path

from contracts.aliases import fold, header_map
from contracts.codes import CODE_LISTS
from contracts.extracts import EXTRACTS, Extract
from contracts.site import Site, is_code
from contracts.strict_yaml import FileError, Node, read_file

FILES = ("aliases.yaml", "codes.yaml")
#: Thresholds of the bureau's own: read by expectations/loader.py, a part of the site's version all the same.
GATES = "gates.yaml"


def load_site(folder: Path) -> Site:
    """What the files of ``folder`` add to the contract. Raises FileError, also at a file of YAML under another name."""
    if not folder.is_dir():
        raise FileError(str(folder), "", "no such folder", "Create it, or do not name a site folder")
    unknown = sorted(p.name for p in folder.iterdir() if p.suffix.lower() in (".yaml", ".yml") and p.name not in (*FILES, GATES))
    if unknown:
        raise FileError(f"{folder.name}/{unknown[0]}", "", "unknown file", f"Use only: {', '.join((*FILES, GATES))}")
    tops, version = {}, hashlib.sha256()
    for name in FILES:
        if (folder / name).exists():
            tops[name], raw = read_file(folder, name)
            version.update(name.encode() + b"\0" + raw + b"\0")
    if (folder / GATES).exists():
        tops[GATES] = None
        version.update(GATES.encode() + b"\0" + (folder / GATES).read_bytes() + b"\0")
    codes, codes_of = _codes(tops["codes.yaml"]) if "codes.yaml" in tops else ({}, {})
    aliases = _aliases(tops["aliases.yaml"]) if "aliases.yaml" in tops else {}
    return Site(aliases, codes, codes_of, version.hexdigest()[:12] if tops else "")


def _aliases(top: Node) -> dict[str, dict[str, tuple[str, ...]]]:
    return {name: _aliases_of(EXTRACTS[name], node) for name, node in top.mapping(optional=tuple(EXTRACTS)).items()}


def _aliases_of(extract: Extract, node: Node) -> dict[str, tuple[str, ...]]:
    known, aliases = header_map(extract), {}
    for column, headers in node.mapping(optional=tuple(extract.names)).items():
        items = headers.items()
        if not items:
            raise headers.fail("empty", "Write the headers as [a, b]")
        for item in items:
            spelling = fold(item.text())
            if not spelling:
                raise item.fail("has no letter or digit", "Write the header as it stands in the file")
            if known.setdefault(spelling, column) != column:
                raise item.fail(f"{item.text()!r} already means {known[spelling]}", "Use a header for one column only")
        aliases[column] = tuple(item.text() for item in items)
    return aliases


def _codes(top: Node) -> tuple[dict[str, dict[str, str]], dict[str, dict[str, dict[str, str]]]]:
    codes, codes_of = {}, {}
    for name, node in top.mapping(optional=(*CODE_LISTS, *EXTRACTS)).items():
        if name in CODE_LISTS:
            codes[name] = _map(name, node)
        else:
            used = tuple(sorted({f.codes for f in EXTRACTS[name].fields if f.codes}))
            codes_of[name] = {code_list: _map(code_list, child) for code_list, child in node.mapping(optional=used).items()}
    return codes, codes_of


def _map(code_list: str, node: Node) -> dict[str, str]:
    codes = {}
    for written, place in node.mapping(optional=None).items():
        if not written.strip():
            raise place.fail("empty", "Write what the department writes")
        if not is_code(code_list, code := place.text()):
            raise place.fail(f"unknown code {code!r}", f"Use one of: {', '.join(CODE_LISTS[code_list].values)}")
        codes[written.strip()] = code
    return codes
