//! Claim `exact.invariant`: a cluster and an orthogonal outlier stay so, at every width, for all weights.

use super::{Claim, Finding, Kind, Settings, Statement, Verdict};
use crate::Result;
use crate::odd_point::exact::{
    RationalBatch, neuron_keeps_supports_disjoint, recentre_and_rectify, rectify_only,
};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rug::Rational;
use serde_json::json;

pub(super) static CLAIM: Claim = Claim {
    id: "exact.invariant",
    kind: Kind::Rigorous,
    summary: "cluster + orthogonal outlier is invariant at any width, for any weights",
    statement: "Let n-1 samples of a batch be equal. Then, for every weight matrix and every width, after \
        recentering and ReLU they are equal again and the remaining sample is exactly orthogonal to them.",
    hypotheses: "n >= 3 samples; one layer is relu(recentre(W X)), recentering over the batch; no assumption on \
        W, on the width or on randomness. It does not say that the configuration attracts: it does not \
        (exact.edge-growth).",
    source: "Abstract: \"... converges to a single cluster except for an odd data point that breaks far away from \
        the cluster in an orthogonal direction\" (project's formulation; theory 2.1).",
    method: "Exact rational arithmetic. A neuron sees a on the cluster and b on the outlier; recentering is linear \
        in (a, b), so it is checked on the generators; ReLU is positively homogeneous, so the product of the two \
        activations is checked for a-b in {-1, 0, 1}. n times the recentred values are polynomials of degree 1 in \
        n, so agreement at two sizes proves every n; it is checked at 3..=10 and at the sizes asked. Besides, \
        whole networks with random rational weights, several widths, three layers.",
    control: "the same without recentering: after ReLU alone the outlier is orthogonal to the cluster",
    check,
};

/// Literal checks stop here: each is linear in n, and two sizes already prove all.
const LARGEST_LITERAL: u64 = 1000;
const WIDTHS: [usize; 4] = [1, 2, 5, 16];
const LAYERS: usize = 3;

fn check(statement: Statement, settings: &Settings) -> Result<Finding> {
    let neuron = match statement {
        Statement::Claim => recentre_and_rectify,
        Statement::Control => rectify_only,
    };
    let mut sizes: Vec<u64> = (3..=10).collect();
    sizes.extend(settings.batch_sizes.up_to(LARGEST_LITERAL, &[]));
    let proved = sizes.iter().all(|&n| neuron_keeps_supports_disjoint(n, neuron));

    let networks: Vec<_> = [3, 7, 12].iter().flat_map(|&n| WIDTHS.map(|width| (n, width))).collect();
    let mut rng = ChaCha8Rng::seed_from_u64(settings.seed);
    let random = networks.iter().all(|&(n, width)| random_network_stays(n, width, neuron, &mut rng));

    let reason = if proved && random {
        format!("every n >= 3, any width; {} random rational networks besides", networks.len())
    } else {
        "a neuron with overlapping supports was found".to_owned()
    };
    let evidence =
        json!({ "literal_batch_sizes": sizes, "random_networks": networks.len(), "layers": LAYERS });
    Ok(Finding::new(Verdict::decided(proved && random), reason, evidence))
}

/// Whether a random network keeps the configuration through a few layers.
fn random_network_stays(
    n: usize,
    width: usize,
    neuron: fn(&[Rational]) -> Vec<Rational>,
    rng: &mut impl Rng,
) -> bool {
    let mut rational = || Rational::from((rng.random_range(-99..=99), rng.random_range(1..=99)));
    let features = 3;
    let rows = (0..features).map(|_| {
        let mut row = vec![rational(); n];
        row[n - 1] = rational();
        row
    });
    let mut batch = RationalBatch::new(rows.collect());
    let mut inputs = features;
    (0..LAYERS).all(|_| {
        let weights: Vec<Vec<_>> = (0..width).map(|_| (0..inputs).map(|_| rational()).collect()).collect();
        batch = batch.layer(&weights, neuron);
        inputs = width;
        batch.is_cluster_with_orthogonal_outlier()
    })
}
