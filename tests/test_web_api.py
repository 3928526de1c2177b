"""The HTTP API as /openapi.json describes it: schemathesis makes requests from it, and holds what
comes back against it."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings

from assistant.web import server, shapes
from tests.fakes import FakeAssistant, answer_to, article

pytestmark = pytest.mark.slow

HOST = {"Host": "127.0.0.1"}
SENSIBLY, NOT = schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE


@pytest.fixture(scope="module")
def app() -> Any:
    return server.build(FakeAssistant())


@pytest.fixture(scope="module")
def described(app: Any) -> Any:
    return schemathesis.openapi.from_asgi("/openapi.json", app, headers=HOST)


@pytest.mark.parametrize(
    ("method", "path", "sense"),
    [
        ("post", "/api/ask", SENSIBLY),
        ("post", "/api/ask", NOT),
        ("post", "/api/retrieve", SENSIBLY),
        ("post", "/api/retrieve", NOT),
        ("get", "/api/documents", SENSIBLY),
        ("get", "/api/documents/{path}", SENSIBLY),
        ("get", "/api/health", SENSIBLY),
    ],
)
def test_the_api_does_as_it_is_described(described: Any, method: str, path: str, sense: Any):
    cases = described[path][method].as_strategy(generation_mode=sense)

    @given(cases)
    @settings(
        max_examples=12, derandomize=True, database=None, deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def asked(case: Any) -> None:
        case.call_and_validate(headers=HOST)

    asked()


def test_every_status_that_a_route_gives_is_described(described: Any):
    paths = described.raw_schema["paths"]
    listed = {
        f"{method} {path}": sorted(int(status) for status in operation["responses"])
        for path, ways in paths.items()
        for method, operation in ways.items()
    }
    always = [200, 400, 401, 403, 405, 413, 422, 500, 503]
    with_documents = sorted([*always, 404])
    assert listed == {
        "post /api/ask": with_documents,
        "post /api/retrieve": with_documents,
        "get /api/documents": always,
        "get /api/documents/{path}": with_documents,
        "get /api/health": always,
    }


@pytest.mark.parametrize(
    ("shape", "given"),
    [
        (shapes.Answer, answer_to("How many?").to_dict()),
        (shapes.Hit, answer_to("silence").hits[0].to_dict()),
        (shapes.Passage, answer_to("silence").hits[0].passage.to_dict()),
        (shapes.Document, article().to_dict()),
        (shapes.WholeDocument, {**article().to_dict(), "text": "…"}),
    ],
)
def test_a_shape_has_the_keys_of_its_value_and_always_all(shape: Any, given: dict[str, Any]):
    described = shape.model_json_schema(mode="serialization")
    assert set(described["properties"]) == set(described["required"]) == set(given)
    assert shape.model_validate(given).model_dump() == given


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/api/ask", "POST"),
        ("TRACE", "/api/retrieve", "POST"),
        ("DELETE", "/api/documents/a.md", "GET"),
        ("HEAD", "/api/health", "GET"),
    ],
)
def test_a_route_that_is_asked_in_another_way_says_how(
    app: Any, method: str, path: str, allowed: str
):
    reply = TestClient(app, base_url="http://127.0.0.1").request(method, path)
    assert (reply.status_code, reply.headers["allow"]) == (405, allowed)


def test_sentences_and_citations_are_described_with_all_their_keys(described: Any):
    schemas = described.raw_schema["components"]["schemas"]
    answer = answer_to("How many?")
    for name, value in (("Sentence", answer.sentences[0]), ("Citation", answer.citations[0])):
        assert set(schemas[name]["properties"]) == set(value.to_dict())
