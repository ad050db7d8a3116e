"""The first random word of a block of a sampled layer, from the definitions: ChaCha8 (D. J. Bernstein, "ChaCha, a variant of
Salsa20", 2008: 64-bit counter, 64-bit stream) fills the state of xoshiro256++ (D. Blackman and S. Vigna, "Scrambled linear
pseudorandom number generators", 2021). Prints FIRST_WORD of src/layer/sampled/tests.rs. Needs Python alone.
"""
import struct


def rotated(x, by, bits):
    return (x << by | x >> bits - by) % 2**bits


def quarter_round(s, a, b, c, d):
    for x, y, z, by in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        s[x] = (s[x] + s[y]) % 2**32
        s[z] = rotated(s[z] ^ s[x], by, 32)


def chacha8(key, stream):
    """The first 64 bytes."""
    start = [*struct.unpack("<4I", b"expand 32-byte k"), *struct.unpack("<8I", key), 0, 0, *struct.unpack("<2I", struct.pack("<Q", stream))]
    s = list(start)
    for _ in range(4):
        for k in range(4):
            quarter_round(s, k, k + 4, k + 8, k + 12)
        for k in range(4):
            quarter_round(s, k, (k + 1) % 4 + 4, (k + 2) % 4 + 8, (k + 3) % 4 + 12)
    return struct.pack("<16I", *((x + y) % 2**32 for x, y in zip(s, start)))


def first_word(seed, replica, layer, sampler, block):
    key = struct.pack("<3Q", seed, replica, layer) + sampler.ljust(8).encode()
    s = struct.unpack("<4Q", chacha8(key, block)[:32])
    return (rotated((s[0] + s[3]) % 2**64, 23, 64) + s[0]) % 2**64


print(first_word(seed=11, replica=3, layer=2, sampler="gram", block=1))
