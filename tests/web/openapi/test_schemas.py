"""JSON Schemas of shapes, and of parameters, which hold for exactly the values that are accepted."""

from typing import Annotated, Any, Literal, TypedDict

import pytest
from hypothesis import example, given, strategies as st
from jsonschema import Draft202012Validator

from service.errors import BadRequest
from service.web.openapi.schemas import Schemas
from service.web.parameters import COUNT, FILENAME, TRACEBACKS, USERNAME, Choice, Parameter
from service.web.query import count_asked_for, filename_asked_for, tracebacks_asked_for, username_asked_for
from tests.web.test_query import query


class Label(TypedDict, total=False):
    """What a point may have."""

    label: Annotated[str, "its name"]


class PointBody(Label):
    """A point."""

    x: int


class TreeBody(TypedDict):
    """A tree."""

    root: PointBody | None
    trees: "list[TreeBody]"


SHAPES: list[tuple[Any, dict[str, Any]]] = [
    (str, {"type": "string"}),
    (int, {"type": "integer"}),
    (float, {"type": "number"}),
    (bool, {"type": "boolean"}),
    (str | None, {"type": ["string", "null"]}),
    (list[int], {"type": "array", "items": {"type": "integer"}}),
    (dict[str, bool], {"type": "object", "additionalProperties": {"type": "boolean"}}),
    (dict[str, Any], {"type": "object", "additionalProperties": {}}),
    (Literal["ok"], {"const": "ok"}),
    (Annotated[str, "a name"], {"type": "string", "description": "a name"}),
    (PointBody, {"$ref": "#/components/schemas/Point"}),
    (list[int] | None, {"anyOf": [{"type": "array", "items": {"type": "integer"}}, {"type": "null"}]}),
]


@pytest.mark.parametrize(("shape", "schema"), SHAPES, ids=str)
def test_a_shape(shape: Any, schema: dict[str, Any]) -> None:
    """Each kind of shape has its schema."""
    assert Schemas().schema_of(shape) == schema


def test_named_shapes() -> None:
    """A shape with a name is described once, with what is required, even if it contains itself."""
    schemas = Schemas()
    assert schemas.schema_of(TreeBody) == schemas.schema_of(TreeBody) == {"$ref": "#/components/schemas/Tree"}
    assert schemas.named == {
        "Point": {
            "type": "object",
            "description": "A point.",
            "properties": {"label": {"type": "string", "description": "its name"}, "x": {"type": "integer"}},
            "required": ["x"],
        },
        "Tree": {
            "type": "object",
            "description": "A tree.",
            "properties": {
                "root": {"anyOf": [{"$ref": "#/components/schemas/Point"}, {"type": "null"}]},
                "trees": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
            },
            "required": ["root", "trees"],
        },
    }


def accepts(parse: Any, parameter: Parameter, value: str) -> bool:
    """Return whether a value of a parameter is accepted."""
    try:
        parse(query(parameter.name.encode(), value.encode()))
    except BadRequest:
        return False
    return True


# In Python, unlike in JSON Schema, $ also matches before a newline at the end.
@given(st.text(max_size=300).filter(lambda text: not text.endswith("\n")))
@example("a" * 255)
@example("a" * 256)
@example("a\nb")
@example("\x85")
@example(" ")
@example("dustin")
def test_texts(value: str) -> None:
    """A username or file name is accepted if it is as described; a file name may also be too long in bytes."""
    is_username, is_filename = (
        Draft202012Validator(parameter.schema()).is_valid(value) for parameter in (USERNAME, FILENAME)
    )
    assert accepts(username_asked_for, USERNAME, value) is is_username
    assert accepts(filename_asked_for, FILENAME, value) is (is_filename and len(value.encode()) <= FILENAME.most)


@given(st.integers(0, 10_000))
@example(3600)
@example(3601)
def test_numbers(value: int) -> None:
    """A number is accepted if it is as described."""
    assert accepts(count_asked_for, COUNT, str(value)) is Draft202012Validator(COUNT.schema()).is_valid(value)


@pytest.mark.parametrize("value", ["on", "off", "ON", "", "1"])
def test_choices(value: str) -> None:
    """A word is accepted if it is one of those described."""
    assert isinstance(TRACEBACKS, Choice)
    assert accepts(tracebacks_asked_for, TRACEBACKS, value) is (value in TRACEBACKS.values())
