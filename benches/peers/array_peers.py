"""NumPy and JAX, each with its best reasonable code for the layers that this crate computes in float64.

    array_peers.py layer    numpy|jax N THREADS             one infinite-width layer of RC and ReLU, float64
    array_peers.py literal  numpy|jax N WIDTH THREADS       one sampled layer, every weight drawn
    array_peers.py in-law   numpy|jax N WIDTH THREADS       the same in law: WIDTH draws from N(0, G)

Threads. NumPy's elementwise functions and generators run on one thread and release the interpreter's lock: Python threads
share the blocks, with BLAS at one thread each. XLA sizes its pool by the processors that the process may run on, which
`compare.py` sets; its loops and random numbers run on one thread, so the sampled layers are shared between that many
host devices, each with its part of the width.
"""

import math
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

from turns import serve

WORK, PEER = sys.argv[1:3]
N, *REST, THREADS = map(int, sys.argv[3:])
if WORK != "layer" and PEER == "jax":
    os.environ["XLA_FLAGS"] = f"--xla_force_host_platform_device_count={THREADS}"

import numpy as np


def features(rows):
    """Numbers in [-1, 1] that every peer can make: an input without symmetry."""
    i, j = np.arange(1, rows + 1)[:, None], np.arange(1, 2 * N + 1)
    return np.sin(i * i + 3.0 * j + i * j / 7)


def covariance():
    x = features(N)
    x -= x.mean(axis=0)
    return x @ x.T / x.shape[1]


def numpy_about():
    from threadpoolctl import threadpool_info

    blas = ", ".join(f"{pool['internal_api']} {pool['version']} for {pool.get('architecture', '?')}"
                     for pool in threadpool_info() if pool["user_api"] == "blas")
    return f"NumPy {np.__version__} ({blas})"


# ---- one layer at infinite width --------------------------------------------------------------------------------


class NumpyLayer:
    """In place, in blocks of rows that stay in the cache, on and above the diagonal, mirrored."""

    BLOCK = 64

    def __init__(self):
        self.c, self.g = covariance(), np.empty((N, N))
        self.cuts = [(a, min(a + self.BLOCK, N)) for a in range(0, N, self.BLOCK)]
        self.pool, self.local = ThreadPoolExecutor(THREADS), threading.local()

    def nonlinearity(self, cut):
        a, b = cut
        if not hasattr(self.local, "memory"):
            self.local.memory = np.empty((3, self.BLOCK * N))
        c = self.c[a:b, a:]
        product, rho, g = (memory[:c.size].reshape(c.shape) for memory in self.local.memory)
        np.multiply(self.root[a:b, None], self.root[a:], out=product)
        np.divide(c, product, out=rho)
        np.clip(rho, -1, 1, out=rho)
        np.arcsin(rho, out=g)
        g += math.pi / 2
        g *= rho
        rho *= rho
        np.subtract(1, rho, out=rho)
        g += np.sqrt(rho, out=rho)
        g *= product
        g *= 1 / (2 * math.pi)
        self.g[a:b, a:] = g
        self.g[b:, a:b] = g[:, b - a:].T

    def centre(self, cut):
        a, b = cut
        g = self.g[a:b]
        g -= self.means[a:b, None]
        g -= self.shifted
        np.multiply(g, self.factor, out=self.c[a:b])

    def step(self):
        variances = np.diagonal(self.c)
        self.root, trace = np.sqrt(variances), variances.sum()
        list(self.pool.map(self.nonlinearity, self.cuts))
        self.means = self.g.mean(axis=0)
        mean = self.means.mean()
        self.shifted = self.means - mean
        self.factor = trace / (np.trace(self.g) - N * mean)
        list(self.pool.map(self.centre, self.cuts))


def numpy_layer():
    layer = NumpyLayer()
    layer.step()
    check = layer.c[0, :3].copy()
    serve(layer.step, numpy_about(), check)


def jax_layer():
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)

    def step(c):
        variances = jnp.diagonal(c)
        root, inverse = jnp.sqrt(variances), 1 / jnp.sqrt(variances)
        rho = jnp.clip(c * (inverse[:, None] * inverse), -1, 1)
        # The fastest of arccos, arcsin, arctan2 and this.
        psi = 2 * jnp.arctan(jnp.sqrt((1 + rho) / (1 - rho)))
        g = root[:, None] * root * (jnp.sqrt(1 - rho * rho) + psi * rho) / (2 * jnp.pi)
        means = g.mean(axis=0)
        mean = means.mean()
        factor = variances.sum() / (jnp.trace(g) - N * mean)
        return (g - means[:, None] - means + mean) * factor

    compiled = jax.jit(step, donate_argnums=0)
    state = compiled(jnp.asarray(covariance()))
    check = np.asarray(state[0, :3])

    def work():
        nonlocal state
        state = compiled(state)
        state.block_until_ready()

    serve(work, f"JAX {jax.__version__}", check)


# ---- one sampled layer ------------------------------------------------------------------------------------------


def centred_factor(gram, linalg):
    """F with z F^T ~ N(0, P G P) for normal z: the recentring is in the factor."""
    factor = linalg.cholesky(gram)
    return factor - factor.mean(axis=0)


def numpy_sampled(width, literal):
    """Two halves of the neurons, each in blocks with its own generator, the fastest that NumPy has."""
    generators = [np.random.Generator(np.random.SFC64(seed)) for seed in range(THREADS)]
    pool = ThreadPoolExecutor(THREADS)
    activations = features(width)[:, :N] if literal else None
    gram = np.eye(N) + covariance()
    columns, block = (width, 64) if literal else (N, 1024)

    def part(index, right):
        rows = width // THREADS + (index < width % THREADS)
        normals, total = np.empty((min(block, rows), columns)), np.zeros((N, N))
        z = np.empty((len(normals), N))
        for start in range(0, rows, block):
            count = min(block, rows - start)
            generators[index].standard_normal(out=normals[:count])
            np.matmul(normals[:count], right, out=z[:count])
            if literal:
                z[:count] -= z[:count].mean(axis=1, keepdims=True)
            np.maximum(z[:count], 0, out=z[:count])
            total += z[:count].T @ z[:count]
        return total

    def work():
        right = activations / math.sqrt(width) if literal else np.ascontiguousarray(centred_factor(gram, np.linalg).T)
        return sum(pool.map(part, range(THREADS), [right] * THREADS)) / width

    expected = activations.T @ activations / width if literal else gram
    serve(work, numpy_about(), trace_check(work(), expected, width))


def trace_check(result, covariance, width):
    """1, if the trace is that of the law, tr(PGP)/2, within six standard errors at most; else 0."""
    centred = covariance - covariance.mean(axis=0)
    centred -= centred.mean(axis=1, keepdims=True)
    expected = np.trace(centred) / 2
    # E relu(z)^4 = 3 c^2/2, and a sum's standard deviation is at most the sum of the deviations.
    deviation = np.sqrt(1.25 / width) * np.trace(centred)
    return [abs(float(np.trace(result)) - expected) < 6 * deviation]


def jax_sampled(width, literal):
    import functools

    import jax
    import jax.numpy as jnp

    devices = jax.devices()
    block = 64 if literal else 1024
    if width % (block * len(devices)):
        raise SystemExit(f"width {width} is no multiple of {block * len(devices)}, as this program needs")
    rows = width // len(devices)
    gram = jnp.asarray(np.eye(N) + covariance(), jnp.float32)
    activations = jnp.asarray(features(width)[:, :N], jnp.float32) if literal else None

    @jax.jit
    def part(key, given):
        right = given / jnp.sqrt(width) if literal else centred_factor(given, jnp.linalg).T

        def add(total, key):
            z = jax.random.normal(key, (block, len(right)), jnp.float32) @ right
            if literal:
                z -= z.mean(axis=1, keepdims=True)
            z = jnp.maximum(z, 0)
            return total + z.T @ z, None

        keys = jax.random.split(key, rows // block)
        return jax.lax.scan(add, jnp.zeros((N, N), jnp.float32), keys)[0]

    place = functools.partial(map, jax.device_put)
    keys = list(place(jax.random.split(jax.random.key(1), len(devices)), devices))
    givens = list(place([activations if literal else gram] * len(devices), devices))

    def work():
        parts = [part(key, given) for key, given in zip(keys, givens)]
        return sum(np.asarray(total) for total in parts) / width

    expected = np.asarray(activations.T @ activations / width if literal else gram, np.float64)
    serve(work, f"JAX {jax.__version__}", trace_check(work(), expected, width))


if WORK == "layer":
    {"numpy": numpy_layer, "jax": jax_layer}[PEER]()
else:
    {"numpy": numpy_sampled, "jax": jax_sampled}[PEER](*REST, literal=WORK == "literal")
