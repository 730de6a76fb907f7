"""A long pull takes no more memory than a short one."""

import gc
import json
import tracemalloc

from fake_sesam import Node
from tests.unit.fake_sesam.conftest import Connector, Handler, NodeDir

PADDING = "x" * 4000


def stream(handler: Handler, count: int) -> None:
    """Send an array of `count` entities of about four kilobytes, each made when it is sent."""
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    for index in range(count):
        entity = json.dumps({"id": str(index), "padding": PADDING})
        body = f"{',' if index else '['}{entity}".encode()
        handler.wfile.write(b"%x\r\n%b\r\n" % (len(body), body))
    handler.wfile.write(b"1\r\n]\r\n0\r\n\r\n")


def peak_bytes(node: Node, connector: Connector, count: int) -> int:
    """Return the peak of the memory that a full run takes."""
    connector.replies(lambda handler: stream(handler, count))
    gc.collect()
    tracemalloc.start()
    try:
        result = node.run_pipe("things-collect", is_rescan=True)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (result.ok, result.processed) == (True, count)
    return peak


def test_the_peak_does_not_grow_with_the_number_of_entities(node_dir: NodeDir, connector: Connector) -> None:
    """Six times as many; held at once they would be eight megabytes more. What is kept of each is an offset."""
    with node_dir.open(connector.url) as node:
        peak_bytes(node, connector, 100)
        short, long = peak_bytes(node, connector, 400), peak_bytes(node, connector, 2400)

    assert long - short < 1_500_000
