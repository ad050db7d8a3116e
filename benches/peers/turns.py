"""How a peer is timed: it prepares, says what it is, and then takes a turn whenever a line arrives.

The first line that it prints is {"about": what runs, "check": numbers that another peer must find too}; each further line
is the time of one turn: the least over at least three repetitions, and as many as fit a fifth of a second.
"""

import json
import sys
import time

LEAST_REPETITIONS, MOST_REPETITIONS, TURN = 3, 200, 0.2


def once(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def serve(work, about, check, per_call=1):
    """Takes turns until the input ends. A call of `work` does what is measured `per_call` times."""
    work()
    repetitions = min(MOST_REPETITIONS, max(LEAST_REPETITIONS, int(TURN / once(work))))
    print(json.dumps({"about": about, "check": [float(number) for number in check]}), flush=True)
    for _ in sys.stdin:
        least = min(once(work) for _ in range(repetitions))
        print(json.dumps({"seconds": least / per_call}), flush=True)
