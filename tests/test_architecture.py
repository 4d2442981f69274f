"""Architecture: imports point down the layers, modules are small, and each opens with a sentence."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
MAX_LINES = 200
#: Layer of each package or module, from the top down; each imports only from layers below its own. Inside a package,
#: only cycles are forbidden. ``__main__`` modules are entry points, and are exempt.
FLOORS = {
    "fakes.pytest_plugin": 0,
    "service.testing": 1,
    "service.command": 2,
    "service.web": 3,
    "service.lessons": 4,
    "service.chains": 5,
    "service.backends": 5,
    "service.wire": 5,
    "fakes": 5,
    "service.interfaces": 6,
    "service.html": 6,
    "service.urls": 6,
    "service.xray": 6,
    "service.values": 7,
    "service.errors": 7,
}
MODULES = sorted(path for package in ("service", "fakes", "tests") for path in (ROOT / package).rglob("*.py"))
OURS = [path for path in MODULES if path.relative_to(ROOT).parts[0] in ("service", "fakes")]


def name_of(path: Path) -> str:
    """Return the module name of a file."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def room_of(module: str) -> str | None:
    """Return the layered package that a module belongs to, None if there is not one."""
    rooms = [room for room in FLOORS if module == room or module.startswith(f"{room}.")]
    return max(rooms, key=len, default=None)


@cache
def tree_of(path: Path) -> ast.Module:
    """Parse a module, once."""
    return ast.parse(path.read_text())


def imports_of(path: Path) -> Iterator[str]:
    """List what a module imports, anywhere in its code."""
    known = {name_of(module) for module in MODULES}
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            members = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (member if member in known else node.module for member in members)


def test_imports_point_down() -> None:
    """A package imports only from layers below its own."""
    offences = []
    for path in OURS:
        module = name_of(path)
        room = room_of(module)
        if path.name == "__main__.py":
            continue
        if room is None and path.name != "__init__.py":
            offences.append(f"{module} is not in any layer")
        for imported in imports_of(path):
            below = room_of(imported)
            if room and below and below != room and FLOORS[below] <= FLOORS[room]:
                offences.append(f"{module} imports {imported}")
            if imported.startswith("tests") or (imported.startswith("fakes") and not module.startswith("fakes")):
                offences.append(f"{module} imports {imported}")
    assert not offences


def test_no_cycles() -> None:
    """Imports do not form cycles."""
    graph = {name_of(path): set(imports_of(path)) for path in OURS}
    while leaves := {module for module, imported in graph.items() if not imported & graph.keys()}:
        graph = {module: imported for module, imported in graph.items() if module not in leaves}
    assert not graph


def test_every_room_says_what_it_is() -> None:
    """A module opens with a sentence, and an ``__init__`` does nothing but re-export."""
    offences = []
    for path in MODULES:
        tree = tree_of(path)
        docstring = ast.get_docstring(tree) or ""
        if not docstring.split("\n\n")[0].endswith((".", ":")):
            offences.append(f"{name_of(path)} does not open with a sentence")
        reexports = all(isinstance(node, ast.ImportFrom | ast.Expr | ast.Assign) for node in tree.body)
        if path.name == "__init__.py" and not reexports:
            offences.append(f"{name_of(path)} is more than re-exports")
    assert not offences


def methods_without_docstring(tree: ast.Module) -> Iterator[str]:
    """List the public methods without a docstring, of classes that neither implement nor extend anything."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.bases and "implementer" not in ast.dump(node):
            for method in node.body:
                if not isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef) or method.name.startswith("_"):
                    continue
                if ast.get_docstring(method) is None:
                    yield f"{node.name}.{method.name}"


def test_every_method_says_what_it_does() -> None:
    """A public method has a docstring, unless an interface or a base class has it."""
    offences = [f"{name_of(path)}.{method}" for path in OURS for method in methods_without_docstring(tree_of(path))]
    assert offences == []


def test_every_room_is_small() -> None:
    """A module has at most 200 lines."""
    assert [name_of(path) for path in OURS if len(path.read_text().splitlines()) > MAX_LINES] == []
