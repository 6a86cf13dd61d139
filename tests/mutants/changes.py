"""Small changes to a text: the operators, constants, functions and columns of SQL, the same of Python, the values of YAML."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """One change to one file. `line` and `what` name it to a person."""

    file: str
    line: int
    what: str
    text: str

    @property
    def name(self) -> str:
        return f"{self.file}:{self.line} {self.what}"


def _at(file: str, text: str, start: int, end: int, new: str) -> Mutant:
    old = " ".join(text[start:end].split())
    return Mutant(file, text.count("\n", 0, start) + 1, f"{old} -> {' '.join(new.split()) or 'nothing'}", text[:start] + new + text[end:])


# ---- SQL

TOKEN = re.compile(
    r"(?P<comment>--[^\n]*)|(?P<string>'(?:[^']|'')*')|(?P<param>\$\w+)|(?P<word>[A-Za-z_][\w.]*)|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<op><>|<=|>=|//|\|\||[<>=+*/-])|(?P<space>\s+)|(?P<rest>.)",
    re.DOTALL,
)
OPERATORS = {
    "<": ("<=", ">"),
    "<=": ("<",),
    ">": (">=", "<"),
    ">=": (">",),
    "=": ("<>",),
    "<>": ("=",),
    "+": ("-",),
    "-": ("+",),
    "//": ("*",),
}
WORDS = {
    "AND": "OR",
    "OR": "AND",
    "min": "max",
    "max": "min",
    "least": "greatest",
    "greatest": "least",
    "bool_or": "bool_and",
    "bool_and": "bool_or",
    "arg_max": "arg_min",
    "true": "false",
    "false": "true",
    "DESC": "",
    "NOT": "",
    "DISTINCT": "",
    "year": "month",
    "month": "year",
    "lead": "lag",
    "LEFT": "",
}
COLUMNS = {
    "starts_on": "ends_on",
    "ends_on": "starts_on",
    "first_month": "last_month",
    "last_month": "first_month",
    "permit_begin": "permit_end",
    "permit_end": "permit_begin",
    "live_admdvs": "hsreg_admdvs",
    "hsreg_admdvs": "live_admdvs",
    "entry_date": "expected_graduation",
    "expected_graduation": "entry_date",
    "admitted_on": "discharged_on",
    "discharged_on": "admitted_on",
    "psn_clct_amt": "oth_clct_amt",
    "oth_clct_amt": "psn_clct_amt",
    "finsubs_amt": "psn_clct_amt",
    "n_employee": "n_resident",
    "n_resident": "n_employee",
    "employee_active": "resident_active",
    "resident_active": "employee_active",
    "employee_begun": "resident_begun",
    "resident_begun": "employee_begun",
    "employee_leader": "resident_leader",
    "resident_leader": "employee_leader",
    "is_flexible": "is_retired",
    "is_retired": "is_flexible",
    "usual_residence": "usual_county",
    "usual_county": "usual_residence",
    "insu_admdvs": "pool",
    "crt_insu_date": "ends_on",
    "would_be": "action",
    "enrollment_no": "kept_enrollment_no",
    "kept_enrollment_no": "enrollment_no",
    "period_begin": "period_end",
    "period_end": "period_begin",
    "poolarea_no": "insu_admdvs",
}


def of_sql(file: str, text: str) -> Iterator[Mutant]:
    """Every single change of a SELECT that the lists above know; comments are left alone."""
    tokens = [(m.lastgroup, m.group(), m.start(), m.end()) for m in TOKEN.finditer(text) if m.lastgroup not in ("comment", "space")]
    between = False
    for at, (kind, token, start, end) in enumerate(tokens):
        before = tokens[at - 1][1] if at else ""
        after = tokens[at + 1][1] if at + 1 < len(tokens) else ""
        if token == "BETWEEN":
            between = True
        if kind == "op":
            for new in OPERATORS.get(token, ()):
                if not (token == "-" and before in ("(", ",")):
                    yield _at(file, text, start, end, new)
        elif kind == "number" and before != "^" and "." not in token:
            yield _at(file, text, start, end, str(int(token) + 1))
        elif kind == "string" and len(token) > 2:
            yield _at(file, text, start, end, "'#'")
        elif token in ("if", "coalesce") and after == "(":
            yield from _arguments(file, text, token, tokens[at + 1][2])
        elif kind == "word" and between and token == "AND":
            between = False  # the AND of BETWEEN is no conjunction
        elif kind == "word" and token in WORDS and not (token == "DISTINCT" and before == "IS") and not (token == "NOT" and before == "IS"):
            if token != "LEFT" or after == "JOIN":
                yield _at(file, text, start, end, WORDS[token])
        elif token == "NOT" and before == "IS":
            yield _at(file, text, start, end, "")
        elif kind == "word" and before not in ("AS", ".") and token.rpartition(".")[2] in COLUMNS:
            head, dot, column = token.rpartition(".")
            yield _at(file, text, start, end, head + dot + COLUMNS[column])


def _arguments(file: str, text: str, token: str, opened: int) -> Iterator[Mutant]:
    """if(a, b, c) with its branches swapped; coalesce without its first argument."""
    depth, cuts, at = 0, [opened + 1], opened
    for match in TOKEN.finditer(text, opened):
        sign = match.group()
        depth += (sign in "([") - (sign in ")]") if match.lastgroup == "rest" else 0
        if depth == 1 and sign == ",":
            cuts.append(match.end())
        if depth == 0:
            at = match.start()
            break
    parts = [text[a:b].rstrip(",").strip() for a, b in zip(cuts, [*cuts[1:], at], strict=True)]
    if token == "if" and len(parts) == 3:
        yield _at(file, text, opened, at + 1, f"({parts[0]}, {parts[2]}, {parts[1]})")
    elif token == "coalesce" and len(parts) > 1:
        yield _at(file, text, opened, at + 1, f"({', '.join(parts[1:])})")


# ---- Python

COMPARED = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In,
            ast.Is: ast.IsNot, ast.IsNot: ast.Is}  # fmt: skip
SIGNS = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Is: "is",
    ast.IsNot: "is not",
}
COUNTED = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "+"),
    ast.FloorDiv: ("//", "*"),
    ast.Mod: ("%", "*"),
    ast.BitOr: ("|", "&"),
    ast.BitAnd: ("&", "|"),
}


def of_python(file: str, text: str) -> Iterator[Mutant]:
    """Comparisons, arithmetic, and/or, not, constants and branches; docstrings, annotations and messages are left alone."""
    tree, offsets = ast.parse(text), _offsets(text)
    skipped = {id(inner) for node in ast.walk(tree) for part in _not_code(node) for inner in ast.walk(part)}

    def place(node: ast.AST) -> tuple[int, int]:
        return offsets(node.lineno, node.col_offset), offsets(node.end_lineno, node.end_col_offset)

    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            left, right = place(node.left)[1], place(node.comparators[0])[0]
            old, new = type(node.ops[0]), COMPARED[type(node.ops[0])]
            between = text[left:right]
            yield _at(file, text, left, right, between.replace(SIGNS[old], SIGNS[new], 1))
        elif isinstance(node, ast.BinOp) and type(node.op) in COUNTED:
            left, right = place(node.left)[1], place(node.right)[0]
            old, new = COUNTED[type(node.op)]
            yield _at(file, text, left, right, text[left:right].replace(old, new, 1))
        elif isinstance(node, ast.BoolOp):
            old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
            left, right = place(node.values[0])[1], place(node.values[1])[0]
            yield _at(file, text, left, right, text[left:right].replace(old, new, 1))
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            start, end = place(node)
            yield _at(file, text, start, end, f"bool({text[slice(*place(node.operand))]})")
        elif isinstance(node, ast.IfExp):
            start, end = place(node)
            body, test, other = (text[slice(*place(part))] for part in (node.body, node.test, node.orelse))
            yield _at(file, text, start, end, f"{other} if {test} else {body}")
        elif isinstance(node, ast.If):
            start, end = place(node.test)
            yield _at(file, text, start, end, f"not ({text[start:end]})")
        elif isinstance(node, ast.Constant) and isinstance(node.value, (bool, int)):
            start, end = place(node)
            yield _at(file, text, start, end, str(not node.value) if isinstance(node.value, bool) else str(node.value + 1))


def _not_code(node: ast.AST) -> list[ast.AST]:
    """Parts that no test can be asked to hold: docstrings, type annotations and the texts of errors."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return [node]
    if isinstance(node, ast.AnnAssign):
        return [node.annotation]
    if isinstance(node, ast.arg) and node.annotation:
        return [node.annotation]
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return [part for part in (node.returns, *node.decorator_list) if part]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "fail":
        return list(node.args)
    if isinstance(node, ast.ClassDef):
        return list(node.decorator_list)
    return []


def _offsets(text: str):
    lines = text.encode("utf-8").splitlines(keepends=True)
    before = [0]
    for line in lines:
        before.append(before[-1] + len(line.decode("utf-8")))
    return lambda line, column: before[line - 1] + len(lines[line - 1][:column].decode("utf-8"))


# ---- YAML

_VALUE = re.compile(
    r"\b(value|ladder|action|deducts|choice_first|central|province|local|city|county): (?P<value>[^,{}\n]+|\[[^\]]*\]|\{[^}]*\})"
)
_DATE = re.compile(r"^\s+(?P<value>\d{4}(?:-\d{2}-\d{2})?):", re.MULTILINE)
_POOL = re.compile(r'(?:default|"\d\d"): (?P<value>\d)(?=[,}])')
OTHER = {
    "true": "false",
    "false": "true",
    "suspend": "terminate",
    "terminate": "suspend",
    "review": "terminate",
    "tolerate": "review",
    "provincial": "eligible",
    "eligible": "provincial",
    "first_employer_month": "month_after",
    "end_of_entry_year": "end_of_next_year",
    "end_of_next_year": "end_of_entry_year",
    "none": "{opens: 09-01, closes: 01-01}",
}


def of_yaml(file: str, text: str) -> Iterator[Mutant]:
    """Every value of an entry replaced by another possible one, every date of an entry moved."""
    for match in (m for pattern in (_VALUE, _POOL) for m in pattern.finditer(text)):
        new = _other(match.group("value").strip())
        if new is not None:
            yield _at(file, text, *match.span("value"), new)
    for match in _DATE.finditer(text):
        yield _at(file, text, *match.span("value"), _later(match.group("value")))


def _other(value: str) -> str | None:
    if value in OTHER:
        return OTHER[value]
    if re.fullmatch(r"\d+", value):
        return {"2": "4", "4": "2"}.get(value, str(int(value) + 1)) if len(value) == 1 else str(int(value) + 1)
    if re.fullmatch(r'"\d+"', value):
        return f'"{int(value[1:-1]) + 1}"'
    if value.startswith("[") and len(value) > 2:
        items = [item.strip() for item in value[1:-1].split(",")]
        return f"[{', '.join(items[1:])}]" if len(items) > 1 else None
    if value.startswith("{parameter"):
        return "false"
    return None


def _later(day: str) -> str:
    if len(day) == 4:
        return str(int(day) + 1)
    return f"{day[:8]}{int(day[8:]) + 1:02d}"
