"""A contender of the bench in Python (see lib/protocol.ts): orders on standard input, answers on standard output."""
import json
import sys
import time
from collections.abc import Callable


def timed(run: Callable, warm: int, runs: int) -> tuple[list[float], object]:
    """Milliseconds of each run, and what the last one gave."""
    for _ in range(warm):
        run()
    times = []
    answer = None
    for _ in range(runs):
        start = time.perf_counter()
        answer = run()
        times.append((time.perf_counter() - start) * 1000)
    return times, answer


def serve(load: Callable[[dict], dict], size_of: Callable[[object], float | None]) -> None:
    """`load`: an order's measures by name, each to be called without arguments. `size_of`: what tells a right answer."""
    measures = {}
    for line in sys.stdin:
        order = json.loads(line)
        try:
            if "net" in order:
                measures = load(order)
                answer = {"measures": list(measures)}
            else:
                times, last = timed(measures[order["measure"]], order["warm"], order["runs"])
                answer = {"ms": times, "size": size_of(last)}
        except Exception as error:  # whatever goes wrong is a cell of the table
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)
