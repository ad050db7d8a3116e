//! What the suite says of each sense of "stable", and what it does not show: for `oddpoint explain` and the report.

/// What `verified` means for each kind.
pub const KINDS: &str = "rigorous = intervals or exact arithmetic; numerical = an error bound set in advance; \
statistical = a test stated in advance. `verified` also needs the negative control refuted by the same check.";

/// Senses of "stable", and the verdict on each with the claims that it rests on.
pub const SENSES_OF_STABLE: &[(&str, &str)] = &[
    (
        "the odd-point fixed point is linearly stable (spectral radius < 1), n >= 7",
        "yes, proved for every n: stability.every-batch-size (for each n asked, with enclosures: stability.spectral-gap)",
    ),
    ("small perturbations of the odd point decay at that rate", "observed in MPFR orbits: stability.decay"),
    ("the exact configuration (n-1 equal samples) is invariant, any width", "yes, proved: exact.invariant"),
    (
        "the exact configuration attracts",
        "no: within-cluster differences grow by n^2/((n-1)^2+1) a layer: exact.edge-growth",
    ),
    (
        "the odd point tends to the exact configuration as n grows, at angle 3 pi/n",
        "yes, proved with error bounds for n >= 128: stability.asymptotics",
    ),
    (
        "a ball of explicit radius around the odd point is attracted, in the full space",
        "yes, proved for each n from 7 to 1000 asked, and with the best possible radius for every n >= 40: stability.basin",
    ),
    (
        "among symmetric batches, every start above the edge tends to the odd point",
        "yes, proved for every n >= 7: model.threshold",
    ),
    (
        "the same with leaky ReLU max(z, alpha z)",
        "yes for alpha > alpha*(n), no for alpha in (1/alpha*, alpha*), proved for every n >= 7: leaky.same-fixed-points",
    ),
    (
        "two or more outliers: a fixed point of two symmetric groups, 2 <= k <= n-2",
        "no, proved for every n and k but for the symmetric point: the outliers split (unique.single-outlier)",
    ),
    (
        "the symmetric state, where no sample is odd, is linearly stable (spectral radius < 1), n >= 3",
        "yes, proved for every n: stability.symmetric-point",
    ),
    (
        "networks of finite width",
        "wide enough ones stay near the odd point, proved: width.stays-in-basin; they fluctuate about it as linear response says (n = 7, 10, 20 and widths from 100 n), observed: fluctuations.linear-response",
    ),
];

/// What no claim shows.
pub const NOT_SHOWN: &[(&str, &str)] = &[
    (
        "The paper's own theorems",
        "Their statements were not available to this project. The claims are its own formulation of the abstract's sentences; nothing here \
         says that a numbered theorem is right or wrong.",
    ),
    (
        "Finite width, rigorously",
        "beyond exact.invariant and width.stays-in-basin, whose widths are about a hundred times those at which simulated networks stay. That narrower \
         networks follow the infinite-width map, and how far they stray, are statistical claims at the sizes stated.",
    ),
    (
        "The whole basin",
        "The balls of stability.basin are proved. Convergence from random batches is only observed.",
    ),
    (
        "That there are no other stable states",
        "among batches of distinct samples that are not two groups, each symmetric under its own permutations (for two groups: unique.single-outlier).",
    ),
    (
        "Rescaling, rigorously",
        "No proofs for full batch normalisation (RC, RS, ReLU), nor for linear layers with RS alone: rescaled.odd-point is numerical, \
         baseline.rs-orthogonalizes statistical.",
    ),
    (
        "Other activations",
        "than ReLU and leaky ReLU, beyond the numbers of activations.odd-point; biases, the learned scale and shift, and training.",
    ),
    (
        "That wide layers tend to the infinite-width map",
        "The law of large numbers, by pen and paper. The map itself is no assumption: the Coq development proves that its kernel is the Gaussian expectation.",
    ),
];
