"""Connections over real sockets, with the bounds cut to fractions of a second."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from assistant.web import connections
from assistant.web.connections import Connection

pytestmark = pytest.mark.slow

HEAD = b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n"


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Says how many bytes it was sent; "/stream" goes on for a second, "/refused" reads nothing,
    "/later" not at first."""
    size, more = 0, scope["path"] != "/refused"
    await asyncio.sleep(1 if scope["path"] == "/later" else 0)
    while more:
        message = await receive()
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(10 if scope["path"] == "/stream" else 0):
        await asyncio.sleep(0.1)
        await send({"type": "http.response.body", "body": b"on ", "more_body": True})
    await send({"type": "http.response.body", "body": f"{size} bytes".encode()})


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connections, "_LOOK_SECONDS", 0.02)
        patch.setattr(connections, "HEAD_SECONDS", 0.3)
        patch.setattr(connections, "BODY_SECONDS", 0.3)
        patch.setattr(connections, "LARGEST_HEAD_BYTES", 5_000)
        config = uvicorn.Config(
            app, http=Connection, lifespan="off", log_level="critical", timeout_keep_alive=20
        )
        server = uvicorn.Server(config)
        with socket.create_server(("127.0.0.1", 0)) as listening:
            thread = threading.Thread(target=server.run, args=([listening],))
            thread.start()
            yield listening.getsockname()[1]
            server.should_exit = True
            thread.join()


@pytest.fixture
def client(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connected:
        yield connected


def rest(client: socket.socket) -> bytes:
    """Return all that comes until the server closes the connection."""
    found = b""
    with contextlib.suppress(ConnectionResetError):
        while data := client.recv(65_536):
            found += data
    return found


def trickle(client: socket.socket, data: bytes) -> None:
    """Send a byte every so often, for as long as anybody listens."""
    with contextlib.suppress(OSError):
        for byte in data:
            client.send(bytes([byte]))
            time.sleep(0.05)


def error(reply: bytes, status: int) -> str:
    head, _, body = reply.partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ".encode())
    return str(json.loads(body)["error"])


def test_one_on_which_nothing_is_asked_is_closed(client: socket.socket):
    assert error(rest(client), 408) == "The request did not come in time."


def test_one_whose_headers_trickle_in_is_closed(client: socket.socket):
    trickle(client, b"GET / HTTP/1.1\r\nHost: a\r\n" + b"a: b\r\n" * 10)
    assert error(rest(client), 408) == "The request did not come in time."


@pytest.mark.parametrize("next_one", [b"GET / HTTP/1.1\r\nHost: a\r\n", b"\r\n" * 12])
def test_so_is_one_whose_second_request_trickles_in(client: socket.socket, next_one: bytes):
    client.send(HEAD + b"abcdef")
    assert client.recv(65_536).startswith(b"HTTP/1.1 200 OK")
    trickle(client, next_one)
    assert b"HTTP/1.1 408 Request Timeout" in rest(client)


def test_one_whose_body_stops_coming_is_closed(client: socket.socket):
    client.send(HEAD + b"abc")
    assert error(rest(client), 408) == "The rest of the request did not come."


def test_one_whose_body_keeps_coming_may_take_longer(client: socket.socket):
    client.send(HEAD.replace(b"6", b"15"))
    trickle(client, b"a" * 15)
    assert client.recv(65_536).startswith(b"HTTP/1.1 200 OK")


def test_one_whose_body_is_not_read_yet_is_not_to_blame(client: socket.socket):
    client.sendall(HEAD.replace(b"echo", b"later").replace(b" 6", b" 400000") + b"a" * 400_000)
    assert client.recv(65_536).startswith(b"HTTP/1.1 200 OK")


def test_the_rest_of_a_refused_body_is_listened_to_for_a_while(client: socket.socket):
    client.send(HEAD.replace(b"echo", b"refused").replace(b"6", b"20000") + b"a" * 6_000)
    assert client.recv(65_536).startswith(b"HTTP/1.1 200 OK")  # and no 431 for what follows
    trickle(client, b"a" * 30)
    assert b"HTTP" not in rest(client)


def test_endless_headers_are_refused(client: socket.socket):
    with contextlib.suppress(OSError):
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\na: " + b"b" * 6_000)
    assert error(rest(client), 431) == "The request's headers are too large."


def test_an_answer_that_goes_on_is_not_cut_off(client: socket.socket):
    client.send(b"GET /stream HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert rest(client).count(b"on ") == 10


def test_one_whose_answer_goes_on_is_not_cut_off_by_half_a_request_behind_it(
    client: socket.socket,
):
    client.send(b"GET /stream HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\n")
    found = rest(client)
    assert found.count(b"on ") == 10
    assert b"HTTP/1.1 408" in found


def test_one_that_does_not_take_what_it_is_sent_is_closed(port: int, monkeypatch: Any):
    monkeypatch.setattr(connections, "TAKING_SECONDS", 0.1)

    # The kernel's buffers hide a slow client for megabytes: the clock is what is tried here.
    loop = asyncio.new_event_loop()
    config = uvicorn.Config(app, lifespan="off", http=Connection)
    state = uvicorn.server.ServerState()
    connection = Connection(config, state, {}, loop)
    near, far = socket.socketpair()

    async def run() -> bool:
        await loop.create_connection(lambda: connection, sock=near)
        connection.pause_writing()
        await asyncio.sleep(0.3)
        return bool(connection.transport.is_closing())

    assert loop.run_until_complete(run())
    far.close()
    loop.close()
