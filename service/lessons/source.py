"""The source code of a lesson, as it runs, and the lines of each function in it."""

import ast
from collections.abc import Callable, Iterator
from functools import cache, cached_property
from pathlib import Path
from sys import modules
from typing import Any

from attrs import frozen

from service.xray.reprs import path_of

#: The methods of a Deferred that add functions to its chain.
ADDERS = ("addCallback", "addCallbacks", "addErrback", "addBoth")
#: The first and the last line of a part of a file, counted from 1.
Lines = tuple[int, int]


@frozen(kw_only=True)
class Source:
    """The code of a function: the ``file``, the ``line`` where it begins, and its ``text``.

    ``bodies`` has the lines of the body of each function in it, by qualified name, and ``added`` the line that adds
    each to a chain. Both are numbered as in the file.
    """

    file: str
    line: int
    text: str
    bodies: dict[str, Lines]
    added: dict[str, int]


@frozen(slots=False)
class Module:
    """The file of a module as it was when its ``text`` was first read: a running service may be replaced."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax tree."""
        return ast.parse(self.text)

    @cached_property
    def functions(self) -> dict[str, Any]:
        """Its functions and classes, by qualified name."""
        found: dict[str, Any] = {}
        for name, node in functions_in(self.tree, ""):
            found.setdefault(name, node)
        return found


@cache
def read_module(name: str) -> Module:
    """Read the file of a module that has been imported.

    :raise OSError: if it cannot be read.
    """
    path = modules[name].__file__ or ""
    return Module(path_of(path), Path(path).read_text())


def source_of(function: Callable[..., Any]) -> Source:
    """Return the source of a function, a lambda or a class.

    :raise OSError: if its file cannot be read.
    """
    module = read_module(function.__module__)
    if function.__name__ == "<lambda>":
        return source_of_lambda(module, function)
    outer = function.__qualname__
    node = module.functions[outer]
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    inside = {name: one for name, one in module.functions.items() if name == outer or name.startswith(f"{outer}.")}
    functions = {name: one for name, one in inside.items() if not isinstance(one, ast.ClassDef)}
    return Source(
        file=module.path,
        line=first,
        text="\n".join(module.text.splitlines()[first - 1 : node.end_lineno]),
        bodies={name: lines_of_body(one) for name, one in functions.items()},
        added=dict(added_in(functions)),
    )


def source_of_lambda(module: Module, function: Callable[..., Any]) -> Source:
    """Return the source of a lambda, of which there may be several in a line."""
    places = [(line, column) for line, _, column, _ in function.__code__.co_positions() if line and column]
    lambdas = [node for node in ast.walk(module.tree) if isinstance(node, ast.Lambda)]
    body = next(node.body for node in reversed(lambdas) if starts(node.body) <= places[0] <= ends(node.body))
    return Source(
        file=module.path,
        line=body.lineno,
        text=ast.get_source_segment(module.text, body) or "",
        bodies={
            function.__qualname__: (body.lineno, ends(body)[0]),
            **{name: lines_of_body(one) for name, one in functions_in(body, f"{function.__qualname__}.<locals>.")},
        },
        added={},
    )


def names_in(code: Any) -> set[str]:
    """Return the names of globals in some code, and in the functions inside it."""
    inner = [names_in(constant) for constant in code.co_consts if hasattr(constant, "co_names")]
    return set(code.co_names).union(*inner)


def starts(node: ast.expr) -> tuple[int, int]:
    """Return the line and the column at which an expression begins."""
    return node.lineno, node.col_offset


def ends(node: ast.expr) -> tuple[int, int]:
    """Return the line and the column at which an expression ends."""
    return node.end_lineno or node.lineno, node.end_col_offset or node.col_offset


def functions_in(node: ast.AST, prefix: str) -> Iterator[tuple[str, Any]]:
    """Yield the functions and classes in a tree with their qualified names, the outer ones first."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        name = f"{prefix}{getattr(node, 'name', '<lambda>')}"
        yield name, node
        prefix = f"{name}.<locals>."
    elif isinstance(node, ast.ClassDef):
        yield f"{prefix}{node.name}", node
        prefix = f"{prefix}{node.name}."
    for child in ast.iter_child_nodes(node):
        yield from functions_in(child, prefix)


def lines_of_body(node: Any) -> Lines:
    """Return the lines of the body of a function, without its docstring."""
    body = node.body if isinstance(node.body, list) else [node.body]
    if len(body) > 1 and ast.get_docstring(node) is not None:
        body = body[1:]
    return body[0].lineno, node.end_lineno


def added_in(functions: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """Yield each function that is added to a chain, and the line that does it.

    It is named by its qualified name if it is among the ``functions``, otherwise as it is written.
    """
    for outer, node in functions.items():
        for call in calls_in(node):
            if isinstance(call.func, ast.Attribute) and call.func.attr in ADDERS:
                for given in call.args:
                    written = "<lambda>" if isinstance(given, ast.Lambda) else ast.unparse(given)
                    local = f"{outer}.<locals>.{written}"
                    yield local if local in functions else written, given.lineno


def calls_in(node: ast.AST) -> Iterator[ast.Call]:
    """Yield the calls in a function, without those in the functions inside it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield child
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from calls_in(child)
