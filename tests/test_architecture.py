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
    "service.metrics": 7,
    "service.stalls": 7,
    "service.timers": 7,
    "service.tracing": 7,
    "service.values": 7,
    "service.errors": 7,
    "service.clock": 8,
}
MODULES = sorted(path for package in ("service", "fakes", "tests") for path in (ROOT / package).rglob("*.py"))
OURS = [path for path in MODULES if path.relative_to(ROOT).parts[0] in ("service", "fakes")]


def name_of(path: Path) -> str:
    """Return the module name of a file."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def layer_of(module: str) -> str | None:
    """Return the layered package that a module belongs to, None if there is not one."""
    layers = [layer for layer in FLOORS if module == layer or module.startswith(f"{layer}.")]
    return max(layers, key=len, default=None)


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
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if node.level:  # in X-ray, which is a distribution of its own
                module = f"{name_of(path.parent / '__init__.py')}.{module}".rstrip(".")
            members = [f"{module}.{alias.name}" for alias in node.names]
            yield from (member if member in known else module for member in members)


def is_allowed(importer: str, imported: str) -> bool:
    """Return whether a module may import another: from a lower layer, or from its own package."""
    above, below = layer_of(importer), layer_of(imported)
    downwards = above is None or below in (None, above) or FLOORS[below or ""] > FLOORS[above]
    by_name = imported.startswith("fakes") and not importer.startswith("fakes")  # the registry resolves their names
    return downwards and not by_name and not imported.startswith("tests")


def test_imports_point_down() -> None:
    """A package imports only from layers below its own."""
    modules = {name_of(path): path for path in OURS if path.name != "__main__.py"}
    assert [name for name, path in modules.items() if layer_of(name) is None and path.name != "__init__.py"] == []
    imports = [(name, imported) for name, path in modules.items() for imported in imports_of(path)]
    assert [pair for pair in imports if not is_allowed(*pair)] == []


def test_no_cycles() -> None:
    """Imports do not form cycles."""
    graph = {name_of(path): set(imports_of(path)) for path in OURS}
    while leaves := {module for module, imported in graph.items() if not imported & graph.keys()}:
        graph = {module: imported for module, imported in graph.items() if module not in leaves}
    assert not graph


def test_every_module_says_what_it_is() -> None:
    """A module opens with a sentence."""
    opening = {name_of(path): (ast.get_docstring(tree_of(path)) or "").split("\n\n")[0] for path in MODULES}
    assert [name for name, sentence in opening.items() if not sentence.endswith((".", ":"))] == []


def test_every_init_is_empty() -> None:
    """An ``__init__`` is a docstring, or re-exports."""
    inits = {name_of(path): tree_of(path).body for path in MODULES if path.name == "__init__.py"}
    more = {name for name, body in inits.items() for node in body if not isinstance(node, ast.ImportFrom | ast.Expr)}
    assert more == set()


def public_methods(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """List the public methods of classes that neither implement nor extend anything, with the names of the classes."""
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and not node.bases]
    for node in classes:
        methods = [method for method in node.body if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef)]
        if "implementer" not in ast.dump(node):
            yield from ((node.name, method) for method in methods if not method.name.startswith("_"))


def test_every_method_says_what_it_does() -> None:
    """A public method has a docstring, unless an interface or a base class has it."""
    methods = [(name_of(path), *method) for path in OURS for method in public_methods(tree_of(path))]
    assert [(module, name, method.name) for module, name, method in methods if not ast.get_docstring(method)] == []


def test_every_module_is_small() -> None:
    """A module has at most 200 lines."""
    assert [name_of(path) for path in OURS if len(path.read_text().splitlines()) > MAX_LINES] == []
