"""This crate beside its peers: one table, one machine, one run, the programs taking turns.

    benches/peers/run.sh [--rows ROW ...] [--quick] [--rounds K] [--threads T] [--curves | --no-table]

Writes target/peers/table.txt and table.json; with --curves also curves.json and curves.svg, how cost grows with the batch and
the width. What is the same in each row and what is not: README.md beside this file.
"""

import argparse
import json
import os
import pathlib
import platform
import queue
import statistics
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).parent
OUT = pathlib.Path("target/peers")
PROGRAM = "target/release/oddpoint"
PATIENCE = 600
# Each pair slows NumPy down where it is set for another machine; they belong together.
UNSET = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
ONE_THREAD_EACH = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


class Failure(Exception):
    """A program that is missing, failed or took too long."""


def environment(threads):
    kept = {name: value for name, value in os.environ.items() if name not in UNSET}
    return kept | {"RAYON_NUM_THREADS": str(threads)} | {name: "1" for name in ONE_THREAD_EACH}


def bound_to(threads):
    """Binds a process to that many processors; XLA sizes its pool by them. No more than a hint where it cannot be done."""
    if not hasattr(os, "sched_setaffinity"):
        return None
    processors = sorted(os.sched_getaffinity(0))[:threads]
    return lambda: os.sched_setaffinity(0, processors)


def last_line(text):
    lines = text.strip().splitlines()
    return lines[-1] if lines else "no message"


class Command:
    """A program that is run for each turn and prints JSON, or whose whole run is timed."""

    def __init__(self, arguments, threads, series, fresh=None):
        self.arguments, self.threads, self.series = [str(word) for word in arguments], threads, series
        self.fresh, self.about, self.check = fresh, None, None

    def turn(self):
        if self.fresh:
            pathlib.Path(self.fresh).unlink(missing_ok=True)
        start = time.perf_counter()
        try:
            done = subprocess.run(self.arguments, capture_output=True, text=True, timeout=PATIENCE,
                                  env=environment(self.threads), preexec_fn=bound_to(self.threads))
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Failure(str(error)) from error
        elapsed = time.perf_counter() - start
        if done.returncode:
            raise Failure(last_line(done.stderr))
        if None in self.series.values():
            return {name: elapsed for name in self.series}
        try:
            line = json.loads(done.stdout)
            self.check = line.get("check")
            return {name: line[key] for name, key in self.series.items()}
        except (ValueError, KeyError) as error:
            raise Failure(f"unexpected output: {last_line(done.stdout)}") from error

    def close(self):
        pass


class Worker:
    """A Python peer that prepares once and takes turns when told to (turns.py)."""

    def __init__(self, script, arguments, threads, name):
        self.command = [sys.executable, str(HERE / script), *map(str, arguments)]
        self.threads, self.name, self.process, self.check, self.about = threads, name, None, None, None

    series = property(lambda self: {self.name: "seconds"})

    def start(self):
        self.errors = (OUT / "errors.txt").open("w+")
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors,
                                        text=True, env=environment(self.threads), preexec_fn=bound_to(self.threads))
        self.lines = queue.Queue()
        threading.Thread(target=self.listen, args=(self.process.stdout, self.lines), daemon=True).start()
        ready = self.answer()
        self.about, self.check = ready["about"], ready["check"]

    @staticmethod
    def listen(stream, lines):
        for line in stream:
            lines.put(line)
        lines.put("")

    def answer(self):
        try:
            line = self.lines.get(timeout=PATIENCE)
        except queue.Empty:
            raise Failure(f"no answer within {PATIENCE} s") from None
        if not line:
            self.process.wait()
            self.errors.seek(0)
            raise Failure(last_line(self.errors.read()))
        return json.loads(line)

    def turn(self):
        if self.process is None:
            self.start()
        try:
            self.process.stdin.write("\n")
            self.process.stdin.flush()
        except OSError as error:
            raise Failure("ended before its turn") from error
        return {self.name: self.answer()["seconds"]}

    def close(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.errors.close()


# ---- the rows ---------------------------------------------------------------------------------------------------


def example(name, *arguments):
    return [f"target/release/examples/{name}", *arguments]


def layer(n, threads):
    layers = max(3, 10_000 // n)
    ours = {"oddpoint": "seconds_per_layer", "limit: copy of the matrix": "seconds_per_copy"}
    return f"infinite-width layer, n = {n}, float64", [
        Command(example("time_layer", n, layers), threads, ours),
        Worker("array_peers.py", ["layer", "numpy", n, threads], threads, "NumPy"),
        Worker("array_peers.py", ["layer", "jax", n, threads], threads, "JAX"),
    ]


def kappa(bits):
    return f"kappa entry, {bits} bits", [
        Command(example("time_kappa", bits), 1, {"oddpoint, MPFR": "float", "oddpoint, intervals": "interval"}),
        Command([OUT / "kappa_arb", bits], 1, {"Arb in C": "seconds_per_entry"}),
        *(Worker("precise_peers.py", ["kappa", peer, bits], 1, name) for peer, name in
          [("flint", "python-flint"), ("gmpy2", "MPFR by gmpy2"), ("mpmath", "mpmath + gmpy2")]),
    ]


def sampled(n, width, threads):
    # Few repetitions where a layer takes seconds.
    layers = min(20, max(2, 10**7 // (n * width)))
    ours = {"oddpoint": "seconds_per_layer", "limit: its normals alone": "seconds_for_normals"}
    return f"sampled layer, n = {n}, d = {width}", [
        Command(example("time_sampled", n, width, layers), threads, ours),
        *(Worker("array_peers.py", [work, peer, n, width, threads], threads, name) for work, peer, name in
          [("in-law", "numpy", "NumPy, in law"), ("in-law", "jax", "JAX float32, in law"),
           ("literal", "numpy", "NumPy, every weight"), ("literal", "jax", "JAX float32, every weight")]),
    ]


def certify(last, threads):
    file = OUT / "certificates.jsonl"
    sizes = f"7..={last}"
    return f"certify {sizes} --tail", [
        Command([PROGRAM, "certify", "--batch-sizes", sizes, "--tail", "--out", file], threads, {"oddpoint": None}, fresh=file),
        Command([PROGRAM, "verify", "--claims", "model.fixed-points,stability.spectral-gap", "--batch-sizes", sizes,
                 "--precision", 64], threads, {"oddpoint verify (more shown)": None}),
        Command([sys.executable, HERE / "count_arb.py", 7, last, threads], threads, {"Python on Arb": None}),
    ]


def orbit(n, bits):
    layers = 5
    return f"n x n layer in MPFR, n = {n}, {bits} bits", [
        Command(example("time_orbit", n, bits, layers), 1, {"oddpoint": "seconds_per_layer"}),
        *(Worker("precise_peers.py", ["orbit", peer, n, bits, layers], 1, name) for peer, name in
          [("flint", "python-flint"), ("mpmath", "mpmath + gmpy2")]),
    ]


def spectrum(n, digits):
    return f"fixed points and spectrum, n = {n}, {digits} digits", [
        Command(example("time_spectrum", n, digits), 1,
                {"oddpoint, enclosed": "seconds", "oddpoint, float64 only": "seconds_float64"}),
        *(Worker("precise_peers.py", ["spectrum", peer, n, digits], 1, name) for peer, name in
          [("flint", "python-flint, enclosed"), ("mpmath", "mpmath + gmpy2")]),
    ]


def rows(quick, threads):
    """Name and programs of each row, by the word that --rows takes. The first series of a row is what ratios are over."""
    return {
        "layer": [layer(n, threads) for n in ([1000] if quick else [1000, 4000])],
        "kappa": [kappa(bits) for bits in (128, 256, 1024)],
        "sampled": [sampled(64, 4096, threads)],
        "certify": [certify(1000 if quick else 10_000, threads)],
        "orbit": [orbit(20, 256)],
        "spectrum": [spectrum(1000, 50)],
    }


# ---- measuring and telling --------------------------------------------------------------------------------------


def measure(programs, rounds):
    """Turns in alternation: the seconds of each series, and what went wrong."""
    seconds, failed = {}, {}
    for program in programs:
        for name in program.series:
            seconds[name] = []
    for _ in range(rounds):
        for program in programs:
            if failed.keys() & program.series.keys():
                continue
            try:
                for name, value in program.turn().items():
                    seconds[name].append(value)
            except Failure as failure:
                failed |= dict.fromkeys(program.series, str(failure))
    for program in programs:
        program.close()
    return seconds, failed


def differing(programs):
    """Names of programs whose results are not those of the first that has any."""
    checked = [program for program in programs if program.check]
    return [name for program in checked[1:] for name in program.series
            if any(abs(x - y) > 1e-12 + 1e-6 * abs(y) for x, y in zip(program.check, checked[0].check, strict=True))]


def readable(seconds):
    for unit, size in (("s", 1), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            break
    return f"{seconds / size:.3g} {unit}"


def table(chosen, rounds):
    lines = [("work", "program", "threads", "median", "least", "over oddpoint")]
    entries, about = [], {}
    for work, programs in chosen:
        print(f"measuring: {work}", file=sys.stderr, flush=True)
        seconds, failed = measure(programs, rounds)
        ours = seconds[next(iter(seconds))]
        wrong = differing(programs)
        for program in programs:
            if program.about:
                about[program.about] = None
            for name in program.series:
                first = "" if entries and entries[-1]["work"] == work else work
                entry = {"work": work, "program": name, "threads": program.threads, "seconds": seconds[name],
                         "failed": failed.get(name), "result_differs": name in wrong}
                entries.append(entry)
                if name in failed:
                    lines.append((first, name, program.threads, "not available", "", failed[name]))
                    continue
                median = statistics.median(seconds[name])
                ratio = f"{median / statistics.median(ours):.3g}" if ours else ""
                note = " RESULT DIFFERS" if name in wrong else ""
                lines.append((first, name, program.threads, readable(median), readable(min(seconds[name])), ratio + note))
    return lines, entries, list(about)


def aligned(lines):
    widths = [max(len(str(line[k])) for line in lines) for k in range(5)]
    for line in lines:
        cells = [str(cell).ljust(width) if k < 2 else str(cell).rjust(width) for k, (cell, width) in enumerate(zip(line, widths))]
        yield "  ".join([*cells, str(line[5])]).rstrip()


def processor():
    try:
        for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def curves(quick, threads):
    """How cost grows: the lines of each picture as title, axis, label, series, points, and the programs at a point."""
    batches = [100, 200, 500, 1000] + ([] if quick else [2000, 4000])
    small = [16, 32, 64, 128] + ([] if quick else [256, 512, 1024])
    widths = [10**k for k in range(3, 6 if quick else 9)]
    # JAX's program draws its normals in blocks of 1024 on each thread.
    multiples = [2048 * max(1, round(d / 2048)) for d in widths if d <= 10**7]
    # Every weight of 10^5 neurons would be 80 GB.
    literal = [d for d in widths if d <= 10**4]
    counts = sorted({1, threads})

    def picture(title, axis, make, lines):
        for t in counts:
            yield title, axis, f"oddpoint, {t} thread{'s' * (t > 1)}", "oddpoint", lines[0][1], lambda x, t=t: make(x, t)
        for series, points in lines:
            yield title, axis, series, series, points, lambda x: make(x, threads)

    yield from picture("infinite-width layer", "n", lambda n, t: layer(n, t)[1],
                       [("limit: copy of the matrix", batches), ("NumPy", batches), ("JAX", batches)])
    yield from picture("sampled layer, d = 4096", "n", lambda n, t: sampled(n, 4096, t)[1],
                       [("limit: its normals alone", small), ("NumPy, in law", small), ("JAX float32, in law", small),
                        ("NumPy, every weight", small)])
    yield from picture("sampled layer, n = 16", "d", lambda d, t: sampled(16, d, t)[1],
                       [("limit: its normals alone", widths), ("NumPy, in law", [d for d in widths if d <= 10**7]),
                        ("JAX float32, in law", multiples), ("NumPy, every weight", literal)])


def follow(lines):
    """The least of two turns at each point."""
    found = []
    for title, axis, label, series, points, make in lines:
        for x in points:
            program = next(one for one in make(x) if series in one.series)
            seconds, failed = measure([program], 2)
            least = min(seconds[series], default=None)
            said = failed.get(series) or readable(least)
            print(f"{title}: {label}, {axis} = {x}: {said}", file=sys.stderr, flush=True)
            found.append({"title": title, "axis": axis, "program": label, "at": x, "seconds": least,
                          "failed": failed.get(series)})
    return found


def draw(found, path):
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    titles = list(dict.fromkeys(point["title"] for point in found))
    figure, pictures = plt.subplots(1, len(titles), figsize=(6 * len(titles), 5), squeeze=False)
    for picture, title in zip(pictures[0], titles):
        points = [point for point in found if point["title"] == title and point["seconds"] is not None]
        for label in dict.fromkeys(point["program"] for point in points):
            line = [(point["at"], point["seconds"]) for point in points if point["program"] == label]
            limit = label.startswith("limit")
            picture.loglog(*zip(*line), marker=None if limit else "o", linestyle="--" if limit else "-", label=label)
        picture.set(title=title, xlabel=points[0]["axis"] if points else "", ylabel="seconds a layer")
        picture.grid(True, which="major", alpha=0.3)
        picture.legend()
    figure.tight_layout()
    figure.savefig(path)


def main():
    parser = argparse.ArgumentParser(prog="benches/peers/run.sh", description=__doc__.splitlines()[0])
    names = list(rows(False, 2))
    parser.add_argument("--rows", nargs="+", choices=names, default=names, help="only these rows")
    parser.add_argument("--quick", action="store_true", help="two rounds, smaller sizes, fewer points")
    parser.add_argument("--rounds", type=int, help="turns of each program (default 5)")
    parser.add_argument("--threads", type=int, default=2, help="threads where a program can use several (default 2)")
    parser.add_argument("--curves", action="store_true", help="also how cost grows with n and d")
    parser.add_argument("--no-table", action="store_true", help="the curves alone")
    options = parser.parse_args()
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    if not 1 <= options.threads <= available:
        parser.error(f"--threads {options.threads}: this process may use {available}; give 1 to {available}")
    rounds = options.rounds or (2 if options.quick else 5)
    if rounds < 1:
        parser.error(f"--rounds {options.rounds}: at least 1")
    OUT.mkdir(parents=True, exist_ok=True)
    bad = []
    if not options.no_table:
        by_name = rows(options.quick, options.threads)
        lines, entries, about = table([row for name in names if name in options.rows for row in by_name[name]], rounds)
        notes = ["", f"{rounds} rounds in alternation; {processor()}, {available} processors; " + "; ".join(about)]
        text = "\n".join([*aligned(lines), *notes])
        print(text)
        (OUT / "table.txt").write_text(text + "\n")
        (OUT / "table.json").write_text(json.dumps({"rounds": rounds, "about": about, "rows": entries}, indent=1) + "\n")
        bad = [entry for entry in entries if entry["result_differs"] or entry["failed"] and "oddpoint" in entry["program"]]
    if options.curves or options.no_table:
        found = follow(curves(options.quick, options.threads))
        (OUT / "curves.json").write_text(json.dumps(found, indent=1) + "\n")
        draw(found, OUT / "curves.svg")
        print(f"{OUT / 'curves.svg'}: how cost grows with n and d; the numbers are in curves.json beside it")
    # A peer that is missing is told in its row; what is wrong with this crate, or with a result, is a failure.
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
