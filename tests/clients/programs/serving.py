"""Calls a client's operations for a test: one JSON object per line comes in, and one goes out.

The request is `{"operation": NAME, "arguments": {...}}`, the answer `{"result": ...}` or `{"error": "TYPE: MESSAGE"}`.
A client may wait up to minutes before it tries again; here each of its pauses is as short as possible.
"""

import json
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

LONGEST_PAUSE_S = 0.02


def shorten_pauses() -> None:
    """Let `time.sleep` return almost at once."""
    pause = time.sleep
    time.sleep = lambda seconds, /: pause(min(float(seconds), LONGEST_PAUSE_S))


def serve(operations: Mapping[str, Callable[..., Any]]) -> None:
    """Answer until the input ends."""
    shorten_pauses()
    answers, sys.stdout = sys.stdout, sys.stderr  # a client may print
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = {"result": operations[request["operation"]](**request["arguments"])}
        except Exception as problem:
            answer = {"error": f"{type(problem).__name__}: {problem}"}
        print(json.dumps(answer, default=str), file=answers, flush=True)
