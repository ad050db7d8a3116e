"""A batch through 300 layers at initialisation, recentering and ReLU, by literal weights: see docs/TUTORIAL.md."""

import numpy as np

rng = np.random.default_rng(3)
n, d = 24, 1000                               # batch, width
X = rng.standard_normal((2 * n, n))           # n random inputs, a column each
for layer in range(1, 301):
    Z = rng.standard_normal((d, len(X))) @ X  # weights at initialisation
    Z -= Z.mean(axis=1, keepdims=True)        # recentering over the batch
    X = np.maximum(Z, 0)                      # ReLU
    X /= np.linalg.norm(X)                    # the scale plays no part
    if layer in (1, 100, 200, 300):
        length = np.linalg.norm(X, axis=0)
        odd = length.argmax()
        cosine = (X / length).T @ (X / length)
        rest = np.delete(np.arange(n), odd)
        print(f"layer {layer}: sample {odd} is {length[odd] / length[rest].mean():.2f} times as long as the others,"
              f" cosine to them {cosine[odd, rest].mean():.3f}, theirs to each other {cosine[np.ix_(rest, rest)].mean():.3f}")
