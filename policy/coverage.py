"""Who has been looked at: a status for each province-level division and topic, held against the provinces' files.

own: the province's file has entries. inherited: looked at, the nation's values hold. not_applicable: the division has no
part in the scheme. not_yet_analysed: nobody has looked; the nation's values are used until somebody does.
"""

from pathlib import Path

from contracts.strict_yaml import Node, read_file
from policy import vocabulary as known
from policy.model import Coverage, PolicyFile


def read_coverage(root: Path, national: PolicyFile, provinces: dict[str, PolicyFile], drafting: bool = False) -> dict[str, Coverage]:
    """The lines of coverage.yaml by code. `own` must stand exactly where the province's file has entries; while a file is
    drafted outside of the tree only the lines of the other provinces' files are held against them."""
    document, _ = read_file(root, "coverage.yaml")
    listed = document.mapping(("divisions",))["divisions"].mapping(optional=None)
    codes = (*known.PROVINCES, *known.OUTSIDE)
    for code, node in listed.items():
        if code not in codes:
            raise node.fail(f"unknown division {code!r}", f"Use one of: {', '.join(codes)}")
    if missing := [code for code in codes if code not in listed]:
        raise document.at("divisions").fail(f"missing division {missing[0]!r}", "Add its line")
    by_code = {file.province: file for file in provinces.values()}
    checked = [code for code in listed if not drafting or code in by_code]
    return {code: _line(code, listed[code], by_code.get(code), national) for code in checked}


def _line(code: str, node: Node, file: PolicyFile | None, national: PolicyFile) -> Coverage:
    parts = node.mapping(("name_zh", "name_en", *known.TOPICS))
    names = {key: parts[key].text() for key in ("name_zh", "name_en")}
    for key, name in names.items():
        if file and getattr(file, key) != name:
            raise parts[key].fail(f"{name!r}, but provinces/{code}.yaml says {getattr(file, key)!r}", "Make the two agree")
    topics = {topic: parts[topic].one_of(known.STATUSES, "status") for topic in known.TOPICS}
    own = _own_topics(file, national) if file else set()
    for topic, status in topics.items():
        if (status == "not_applicable") != (code in known.OUTSIDE):
            has = "has no part" if code in known.OUTSIDE else "takes part"
            raise parts[topic].fail(f"{status!r}, but the division {has} in the scheme", "Correct the status")
        if (status == "own") != (topic in own):
            has = "has" if topic in own else "has no"
            raise parts[topic].fail(f"{status!r}, but provinces/{code}.yaml {has} entries of it", "Make the two agree")
        if status == "not_yet_analysed" and file and topic in {point.topic for point in file.not_modelled}:
            reason = f"{status!r}, but provinces/{code}.yaml says what is not modelled of it"
            raise parts[topic].fail(reason, "Write inherited: it has been looked at")
    return Coverage(code, names["name_zh"], names["name_en"], topics)


def _own_topics(file: PolicyFile, national: PolicyFile) -> set[str]:
    topics = {national.parameters[name].topic for name in file.parameters}
    return topics | {
        topic for topic, table in (("retention", file.rules), ("standards", file.standards), ("sharing", file.sharing)) if table
    }
