//! The numbers behind the figures, against the theory's tables: `src/figures/`.

use oddpoint::figures::{ALL, Figure, Settings, Table, svg};

const QUICK: Settings = Settings { seed: 0, quick: true };

fn data(name: &str) -> Table {
    Figure::by_name(name).unwrap().data(&QUICK).unwrap()
}

/// The value of `y` at the row that the filter and `x` single out.
fn at(table: &Table, filter: &[(&str, &str)], [x, y]: [&str; 2], place: f64) -> f64 {
    let points = table.points(filter, x, y);
    points.iter().find(|(x, _)| *x == place).unwrap_or_else(|| panic!("{filter:?} has no {place}")).1
}

/// Theory, section 2.3, table of 15 digits.
#[test]
fn eigenvalues_are_those_of_the_theory() {
    let table = data("eigenvalues");
    for (n, block, value) in [
        (7.0, "trivial", 0.944832278317031),
        (7.0, "standard larger", 0.878502567559021),
        (10.0, "standard smaller", 0.172912900631067),
        (10.0, "pair", 0.882691840316663),
    ] {
        let found = at(&table, &[("at", "odd-point"), ("block", block)], ["n", "eigenvalue"], n);
        assert!((found - value).abs() < 1e-14, "{block} at {n}: {found}");
    }
}

/// Theory, section 2.2: n_c = 6.1070751248791860…, r_c = −0.0213333006…; r at n = 7 where the branches have left it.
#[test]
fn branches_are_born_at_the_saddle_node() {
    let table = data("bifurcation");
    let birth = table.points(&[("branch", "saddle-node")], "n", "r");
    assert!(
        (birth[0].0 - 6.107_075_124_879_186).abs() < 1e-14 && (birth[0].1 + 0.021_333_300_6).abs() < 1e-10
    );
    for branch in ["edge", "odd-point"] {
        assert!(table.points(&[("branch", branch)], "n", "r").iter().all(|(n, _)| *n >= birth[0].0));
    }
    // −1/(n−1).
    let symmetric = table.points(&[("branch", "symmetric")], "n", "r");
    assert!(symmetric.iter().all(|(n, r)| (r + 1.0 / (n - 1.0)).abs() < 1e-12));
}

/// Fixed points stay where they are; the two orbits end at the attracting ones.
#[test]
fn staircases_end_at_fixed_points() {
    let table = data("cobweb");
    let fixed = |name: &str| {
        let points = table.points(&[("series", name)], "r", "after_10_layers");
        assert!((points[0].0 - points[0].1).abs() < 1e-13, "{name}");
        points[0].0
    };
    let [symmetric, edge, odd] = ["symmetric", "edge", "odd-point"].map(fixed);
    // −1/(n−1) at n = 8, and the order of theory 2.2.
    assert!((symmetric + 1.0 / 7.0).abs() < 1e-14 && symmetric < edge && edge < odd);
    for (start, end) in [("start above the edge", odd), ("start below the edge", symmetric)] {
        let orbit = table.points(&[("series", start)], "step", "r");
        // Forty steps of ten layers at a rate below 0.957 a layer leave less than 1e-7 of the way.
        assert!((orbit[orbit.len() - 1].1 - end).abs() < 1e-6, "{start}");
    }
}

/// Theory, section 2.3: the pair block's rate at n = 10; float64 stops near its epsilon.
#[test]
fn parts_decay_at_their_rates() {
    let table = data("decay");
    let mpfr = [("around", "odd-point"), ("part", "pair"), ("arithmetic", "mpfr")];
    let orbit = table.points(&mpfr, "layer", "distance");
    let ((first, from), (last, to)) = (orbit[orbit.len() / 2], orbit[orbit.len() - 1]);
    // Perturbations of 1e-10 and less: what is left of second order is 1e-10 of it, over n⁴ at worst 1e-6.
    let rate = (to / from).powf(1.0 / (last - first));
    assert!((rate - 0.882_691_840_316_663).abs() < 1e-8, "{rate}");
    let float64 = [mpfr[0], mpfr[1], ("arithmetic", "float64")];
    let floor = table.points(&float64, "layer", "distance").last().unwrap().1;
    assert!(to < 1e-28 && floor > 1e-20, "{to} {floor}");
}

/// After 200 layers the odd point stands at a right angle to a cluster, 1/(norm ratio) as long; that is 18.0 at n = 20, where
/// (n−1)(1 − (9π²/4)/n²) of theory 2.2 gives 17.9.
#[test]
fn the_odd_point_stands_at_a_right_angle() {
    let table = data("batch");
    let last = |role: &'static str| table.points(&[("layer", "200"), ("role", role)], "x", "y");
    let odd = last("odd");
    assert!(odd.len() == 1 && odd[0].0.abs() < 1e-9 && (odd[0].1 - 1.0).abs() < 1e-3);
    let cluster = last("cluster");
    assert_eq!(cluster.len(), 19);
    assert!(cluster.iter().all(|(x, y)| (0.045..0.06).contains(x) && y.abs() < 0.01), "{cluster:?}");
}

#[test]
fn every_caption_and_panel_is_described() {
    for figure in ALL {
        assert!(
            !figure.panels.is_empty() && figure.panels.iter().all(|panel| panel.len() > 10),
            "{}",
            figure.name
        );
        assert!(figure.caption.contains("Look at") || figure.caption.contains("look at"), "{}", figure.name);
    }
}

/// One document a picture, with all panels: six axes across, and three curves.
#[test]
fn pictures_are_whole() {
    for (name, label, panels) in
        [("batch", "\nacross\n", 6), ("cobweb", "\nr, correlation in the cluster\n", 3)]
    {
        let picture = svg(Figure::by_name(name).unwrap(), &data(name)).unwrap();
        assert!(picture.starts_with("<svg ") && picture.matches("<svg").count() == 1, "{name}");
        assert!(picture.trim_end().ends_with("</svg>") && picture.matches("</svg>").count() == 1, "{name}");
        assert_eq!(picture.matches(label).count(), panels, "{name}");
    }
}
