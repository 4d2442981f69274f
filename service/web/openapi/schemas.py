"""JSON Schemas (2020-12) of the shapes of bodies."""

from collections.abc import Callable, Mapping
from inspect import getdoc
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

from attrs import define, field, has

_SIMPLE = {str: "string", int: "integer", float: "number", bool: "boolean", NoneType: "null"}
_WHERE = "#/components/schemas/"


@define
class Schemas:
    """The schemas of all shapes that have a name: each ``TypedDict``, and each class of attrs."""

    named: dict[str, Any] = field(factory=dict, init=False)

    def schema_of(self, shape: Any) -> dict[str, Any]:
        """Return the schema of a shape.

        It is a ``TypedDict``, a class of attrs, ``str``, ``int``, ``float``, ``bool``, ``Any``, or a ``Literal``, list,
        dictionary or union of these, perhaps ``Annotated`` with what it means.
        """
        if is_typeddict(shape) or has(shape):
            return self._reference(shape)
        if shape in _SIMPLE:
            return {"type": _SIMPLE[shape]}
        origin, arguments = get_origin(shape), get_args(shape)
        if origin in (Union, UnionType):
            return self._union(arguments)
        made: dict[Any, Callable[..., dict[str, Any]]] = {
            Annotated: lambda annotated, about: {**self.schema_of(annotated), "description": about},
            Literal: lambda value: {"const": value},
            list: lambda items: {"type": "array", "items": self.schema_of(items)},
            dict: lambda _, values: {"type": "object", "additionalProperties": self.schema_of(values)},
        }
        return {} if shape is Any else made[origin](*arguments)

    def _union(self, shapes: tuple[Any, ...]) -> dict[str, Any]:
        if all(shape in _SIMPLE for shape in shapes):
            return {"type": [_SIMPLE[shape] for shape in shapes]}
        return {"anyOf": [self.schema_of(shape) for shape in shapes]}

    def _reference(self, shape: Any) -> dict[str, Any]:
        name = shape.__name__.removesuffix("Body")
        if name not in self.named:
            self.named[name] = {}  # for a shape that contains itself
            members: Mapping[str, Any] = get_type_hints(shape, include_extras=True)
            required = getattr(shape, "__required_keys__", members)
            self.named[name] = {
                "type": "object",
                "description": getdoc(shape) or "",
                "properties": {member: self.schema_of(kind) for member, kind in members.items()},
                "required": [member for member in members if member in required],
            }
        return {"$ref": _WHERE + name}
