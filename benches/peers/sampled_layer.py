"""One layer of a random network, RC + ReLU, at finite width: this crate in law beside NumPy and JAX drawing every weight.

All return the Gram matrix of the same layer, up to the random numbers: n samples of width d are multiplied by a d x d
matrix of independent normals, recentred over the batch and rectified. NumPy works in float64, JAX in float32 (jitted,
on the processor), each with as many threads as it takes by itself. This crate runs `oddpoint simulate` with few and
with many layers; the difference, over the layers between, is the time of one layer, order parameters included.

Usage: sampled_layer.py ODDPOINT [N [WIDTH [ROUNDS]]]
"""

import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import jax
import jax.numpy as jnp
import numpy as np

FEW, MANY = 10, 210


def numpy_layer(activations, generator):
    width = activations.shape[0]
    z = generator.standard_normal((width, width)) @ activations / np.sqrt(width)
    z -= z.mean(axis=1, keepdims=True)
    np.maximum(z, 0.0, out=z)
    return z, z.T @ z / width


@jax.jit
def jax_layer(activations, key):
    width = activations.shape[0]
    z = jax.random.normal(key, (width, width), jnp.float32) @ activations / jnp.sqrt(width)
    z = jnp.maximum(z - z.mean(axis=1, keepdims=True), 0.0)
    return z, z.T @ z / width


def seconds(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def oddpoint_layer(program, n, width, folder):
    def run(layers):
        command = [program, "simulate", "--batch-size", n, "--width", width, "--layers", layers, "--replicas", 1,
                   "--components", "rc,nl", "--seed", 1, "--every", layers,
                   "--out", pathlib.Path(folder) / f"{time.monotonic_ns()}.csv"]
        return seconds(lambda: subprocess.run(list(map(str, command)), check=True, stderr=subprocess.DEVNULL))

    return (run(MANY) - run(FEW)) / (MANY - FEW)


def main(program, n=64, width=4096, rounds=7):
    n, width, rounds = int(n), int(width), int(rounds)
    generator = np.random.default_rng(1)
    activations = generator.standard_normal((width, n))
    single = jnp.asarray(activations, jnp.float32)
    keys = list(jax.random.split(jax.random.key(1), rounds + 1))
    jax.block_until_ready(jax_layer(single, keys.pop()))
    times = {"numpy float64": [], "jax float32": [], "oddpoint": []}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(rounds):
            times["numpy float64"].append(seconds(lambda: numpy_layer(activations, generator)))
            key = keys.pop()
            times["jax float32"].append(seconds(lambda: jax.block_until_ready(jax_layer(single, key))))
            times["oddpoint"].append(oddpoint_layer(program, n, width, folder))
    ours = statistics.median(times["oddpoint"])
    print(f"one layer, n = {n}, width {width}, {rounds} rounds alternating")
    for name, values in times.items():
        median = statistics.median(values)
        print(f"{name:14} median {1e3 * median:9.3f} ms, least {1e3 * min(values):9.3f}, over oddpoint {median / ours:7.1f}")


main(*sys.argv[1:])
