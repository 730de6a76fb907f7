"""A connector with almost no overhead: it sends one JSON array of contacts like the service, one page per chunk.

Start it with `python -m benchmarks.entities_stub ENTITIES`; it prints its port. It writes the response to a file once
and lets the kernel send it (`sendfile`), which leaves nearly all processor time to the reader.
"""

import asyncio
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO

from benchmarks.stub import PAGE, contact

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
REFUSED = b"HTTP/1.1 405 Method Not Allowed\r\nAllow: GET\r\nContent-Length: 0\r\n\r\n"


def entity(number: int) -> dict[str, object]:
    """Return a contact as the service sends it to Sesam. Each has a different `_updated`."""
    minutes, ms = divmod(number, 60_000)
    hours, minutes = divmod(minutes, 60)
    updated = f"2026-03-12T{hours:02}:{minutes:02}:{ms // 1000:02}.{ms % 1000:03}Z"
    return {"_id": str(number), "_updated": f"~t{updated}", **contact(number)}


def response(entities: int) -> Iterator[bytes]:
    """Yield the whole response, chunk by chunk."""
    yield HEAD
    opening = "["
    for first in range(1, entities + 1, PAGE):
        page = (entity(number) for number in range(first, min(first + PAGE, entities + 1)))
        body = opening + ",".join(json.dumps(each, separators=(",", ":")) for each in page)
        yield f"{len(body):x}\r\n{body}\r\n".encode()
        opening = ","
    end = "]" if entities else "[]"
    yield f"{len(end):x}\r\n{end}\r\n0\r\n\r\n".encode()


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, prepared: BinaryIO) -> None:
    """Answer all requests of a connection, whatever their path, until the client closes it."""
    with suppress(ConnectionError, asyncio.IncompleteReadError):
        while request := await reader.readuntil(b"\r\n\r\n"):
            if request.startswith(b"GET "):
                await asyncio.get_running_loop().sendfile(writer.transport, prepared)
            else:
                writer.write(REFUSED)
    writer.close()


async def serve(entities: int) -> None:
    """Serve until killed."""
    with tempfile.TemporaryFile() as prepared:
        prepared.writelines(response(entities))
        prepared.flush()
        server = await asyncio.start_server(lambda reader, writer: answer(reader, writer, prepared), "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
