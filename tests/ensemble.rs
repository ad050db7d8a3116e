//! Ensembles: replicas are functions of their number alone, and their files the same bytes however they came about.

use oddpoint::Error;
use oddpoint::ensemble::{
    Ensemble, Event, Experiment, Format, InputFile, Outcome, Record, Shard, Width, run_to, run_to_file,
};
use oddpoint::layer::batch::{self, Batch};
use oddpoint::layer::components::{Activation, Layer};
use oddpoint::layer::infinite_width;
use oddpoint::layer::observables::observe;
use oddpoint::layer::sampled::Sampler;
use std::path::Path;

fn layer(components: &str) -> Layer {
    Layer::parse(components, None).unwrap()
}

fn experiment(width: Width, replicas: u64) -> Experiment {
    Experiment { width, replicas, seed: 9, ..Experiment::random(5, layer("rc,nl"), 4) }
}

fn ensemble(width: Width, replicas: u64) -> Ensemble {
    Ensemble::new(experiment(width, replicas), None).unwrap()
}

fn records(ensemble: &Ensemble, replica: u64) -> Vec<Record> {
    ensemble.replica(replica).unwrap().collect::<oddpoint::Result<_>>().unwrap()
}

fn text(ensemble: &Ensemble, format: Format) -> Vec<u8> {
    let mut text = Vec::new();
    run_to(&mut text, format, ensemble, Shard::ALL, |_| ()).unwrap();
    text
}

fn threads(count: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(count).build().unwrap()
}

#[test]
fn bytes_do_not_depend_on_threads() {
    for width in [Width::Finite(300), Width::Infinite] {
        let ensemble = ensemble(width, 7);
        let expected = text(&ensemble, Format::Csv);
        for count in [1, 2, 3] {
            assert_eq!(threads(count).install(|| text(&ensemble, Format::Csv)), expected, "{width} {count}");
        }
    }
}

/// One replica of many records, which does not fit into what may wait for the writer.
#[test]
fn a_long_replica_is_written_as_it_comes() {
    let long = Experiment { layers: 3000, ..experiment(Width::Infinite, 1) };
    let ensemble = Ensemble::new(long, None).unwrap();
    let expected = text(&ensemble, Format::JsonLines);
    assert_eq!(expected.split(|&byte| byte == b'\n').count(), 3003);
    assert_eq!(threads(1).install(|| text(&ensemble, Format::JsonLines)), expected);
}

#[test]
fn a_file_holds_the_records_of_the_replicas() {
    let ensemble = ensemble(Width::Finite(30), 3);
    let text = String::from_utf8(text(&ensemble, Format::JsonLines)).unwrap();
    let found: Vec<Record> = text.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect();
    let expected: Vec<Record> = (0..3).flat_map(|replica| records(&ensemble, replica)).collect();
    assert_eq!(found, expected);
}

/// At infinite width: the recentred input, then the Gram matrix after each layer.
#[test]
fn records_follow_the_map() {
    let ensemble = ensemble(Width::Infinite, 2);
    let mut covariance = batch::random_gaussian(5, 10, 9, 1).unwrap().covariance().unwrap();
    let mut gram = covariance.clone();
    for record in records(&ensemble, 1) {
        let seen = observe(&covariance, &gram);
        let near = |found: Option<f64>, expected: f64| (found.unwrap() - expected).abs() < 1e-12;
        assert_eq!(record.odd_sample, Some(seen.odd_sample));
        assert!(near(record.norm_ratio, seen.norm_ratio) && near(record.effective_rank, seen.effective_rank));
        assert!(near(record.cos_within_mean, seen.cos_within_mean));
        assert!(near(record.orthogonality_gap, seen.orthogonality_gap));
        // The input has rank n − 1 after recentring; NL makes it n.
        assert_eq!(record.numerical_rank, Some(if record.layer == 0 { 4 } else { 5 }));
        assert_eq!(record.change.is_none(), record.layer == 0);
        gram = infinite_width::nonlinearity(&covariance);
        covariance = infinite_width::layer(&covariance);
    }
}

/// The general path at infinite width is the fast one's where both apply: leaky ReLU with slope 0 is ReLU.
#[test]
fn both_paths_at_infinite_width_agree() {
    let fast = ensemble(Width::Infinite, 1);
    let general = Experiment {
        layer: Layer::parse("rc,nl", Some(Activation::Leaky(0.0))).unwrap(),
        ..fast.experiment().clone()
    };
    let general = Ensemble::new(general, None).unwrap();
    for (one, other) in records(&fast, 0).iter().zip(records(&general, 0)) {
        assert!((one.norm_ratio.unwrap() - other.norm_ratio.unwrap()).abs() < 1e-12);
        assert!((one.cos_within_min.unwrap() - other.cos_within_min.unwrap()).abs() < 1e-12);
    }
}

#[test]
fn recorded_layers_are_those_of_the_full_record() {
    let full = Ensemble::new(Experiment { layers: 10, ..experiment(Width::Finite(20), 1) }, None).unwrap();
    let some = Ensemble::new(Experiment { every: 4, ..full.experiment().clone() }, None).unwrap();
    let all = records(&full, 0);
    let expected: Vec<Record> = [0, 4, 8, 10].map(|layer| all[layer]).to_vec();
    assert_eq!(records(&some, 0), expected);
}

/// Eleven equal samples and one other: the exact configuration, which is invariant at every width (theory, 2.1). There the
/// norm ratio is n − 1 and the cluster one point, to the last bit; a difference by rounding would have grown by
/// 1.19^150 = 2e11.
#[test]
fn equal_samples_stay_equal() {
    let mut samples = vec![vec![0.3, -1.0, 0.7]; 12];
    samples[4] = vec![1.0, 0.1, 0.2];
    let batch = Batch::new(samples).unwrap();
    for (width, sampler) in [
        (Width::Infinite, Sampler::Gram),
        (Width::Finite(60), Sampler::Gram),
        (Width::Finite(60), Sampler::Weights),
    ] {
        let experiment = Experiment {
            features: 3,
            input: Some(InputFile::new("batch.csv", &batch)),
            width,
            sampler,
            ..Experiment::random(12, layer("rc,nl"), 150)
        };
        let ensemble = Ensemble::new(experiment, Some(batch.clone())).unwrap();
        let records = records(&ensemble, 0);
        assert_eq!(records.len(), 151);
        for record in records {
            assert_eq!(
                (record.odd_sample, record.odd_since),
                (Some(4), Some(0)),
                "{width} {sampler}: {record:?}"
            );
            assert_eq!(record.cos_within_min, Some(1.0), "{width} {sampler}: {record:?}");
            assert!((record.effective_rank.unwrap() - 1.0).abs() < 1e-9, "{width} {sampler}: {record:?}");
        }
    }
}

/// A layer of one ReLU neuron without RC is dead as soon as the neuron is inactive for every sample; of three samples
/// that differ little that is so in about half the layers.
#[test]
fn a_dead_network_ends_with_an_empty_record() {
    let batch = Batch::new(vec![vec![1.0], vec![1.1], vec![1.2]]).unwrap();
    let experiment = Experiment {
        features: 1,
        input: Some(InputFile::new("batch.csv", &batch)),
        width: Width::Finite(1),
        replicas: 20,
        every: 3,
        ..Experiment::random(3, layer("nl"), 200)
    };
    let ensemble = Ensemble::new(experiment, Some(batch)).unwrap();
    for replica in 0..20 {
        let records = records(&ensemble, replica);
        let (last, before) = records.split_last().unwrap();
        assert!(last.is_dead() && last.norm_ratio.is_none() && before.iter().all(|record| !record.is_dead()));
        assert!(last.layer > before.last().unwrap().layer && last.layer <= before.last().unwrap().layer + 3);
    }
    let folder = tempfile::tempdir().unwrap();
    for name in ["out.csv", "out.jsonl"] {
        let path = folder.path().join(name);
        let outcome = run_to_file(&ensemble, Shard::ALL, &path, |_| ()).unwrap();
        assert_eq!(outcome, Outcome { kept: 0, added: 20, dead: 20 });
        let whole = std::fs::read(&path).unwrap();
        for length in (0..whole.len()).step_by(331) {
            std::fs::write(&path, &whole[..length]).unwrap();
            let outcome = run_to_file(&ensemble, Shard::ALL, &path, |_| ()).unwrap();
            assert_eq!((outcome.kept + outcome.added, outcome.dead), (20, 20));
            assert_eq!(std::fs::read(&path).unwrap(), whole, "{length}");
        }
    }
}

fn run(ensemble: &Ensemble, shard: Shard, path: &Path) -> (Outcome, Vec<Event>) {
    let mut events = Vec::new();
    let outcome = run_to_file(ensemble, shard, path, |event| events.push(event)).unwrap();
    (outcome, events)
}

/// Where a file may have been cut: everywhere around the ends of lines, and here and there within them.
fn cuts(text: &[u8]) -> Vec<usize> {
    let ends =
        text.iter().enumerate().filter(|(_, byte)| **byte == b'\n').flat_map(|(i, _)| [i, i + 1, i + 2]);
    let mut cuts: Vec<usize> =
        ends.chain((0..text.len()).step_by(61)).filter(|&cut| cut <= text.len()).collect();
    cuts.sort_unstable();
    cuts.dedup();
    cuts
}

#[test]
fn a_run_goes_on_wherever_it_was_cut() {
    let folder = tempfile::tempdir().unwrap();
    let ensemble = ensemble(Width::Finite(20), 6);
    let shard: Shard = "2/2".parse().unwrap();
    for name in ["out.csv", "out.jsonl"] {
        let path = folder.path().join(name);
        run(&ensemble, shard, &path);
        let whole = std::fs::read(&path).unwrap();
        for cut in cuts(&whole) {
            std::fs::write(&path, &whole[..cut]).unwrap();
            let (outcome, events) = run(&ensemble, shard, &path);
            assert_eq!(std::fs::read(&path).unwrap(), whole, "{name} cut at {cut}");
            assert_eq!(outcome.kept + outcome.added, 3);
            assert!(events.contains(&Event::Kept(outcome.kept)));
            // What follows the last finished replica is dropped, and that is told.
            let head = if name == "out.csv" { 2 } else { 1 };
            let lines = whole[..cut].iter().filter(|byte| **byte == b'\n').count();
            let finished = lines.saturating_sub(head) / 5;
            assert_eq!(outcome.kept, finished as u64, "{name} cut at {cut}");
            let clean = whole[..cut].is_empty()
                || whole[cut - 1] == b'\n' && lines >= head && (lines - head) % 5 == 0;
            let dropped = events.iter().any(|event| matches!(event, Event::Dropped(_)));
            assert_eq!(dropped, !clean, "{name} cut at {cut}: {events:?}");
        }
    }
}

fn refusal(ensemble: &Ensemble, shard: Shard, path: &Path) -> String {
    match run_to_file(ensemble, shard, path, |_| ()) {
        Err(Error::Input(message)) => message,
        other => panic!("{other:?}"),
    }
}

#[test]
fn files_of_other_runs_are_refused_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.csv");
    let one = ensemble(Width::Finite(20), 6);
    run(&one, Shard::ALL, &path);
    let whole = std::fs::read_to_string(&path).unwrap();
    let changed = |change: fn(&mut Experiment)| {
        let mut other = one.experiment().clone();
        change(&mut other);
        Ensemble::new(other, None).unwrap()
    };
    for (other, reason) in [
        (changed(|experiment| experiment.seed = 8), "seed 9 where this is seed 8"),
        (changed(|experiment| experiment.width = Width::Finite(21)), "width 20 where this is width 21"),
        (changed(|experiment| experiment.replicas = 7), "replicas 6 where this is replicas 7"),
        (changed(|experiment| experiment.layer = layer("rc,rs,nl")), r#"components ["rc","nl"] where"#),
        (changed(|experiment| experiment.sampler = Sampler::Weights), "sampler gram where"),
    ] {
        let message = refusal(&other, Shard::ALL, &path);
        assert!(message.contains("out.csv") && message.contains(reason), "{message}");
    }
    let message = refusal(&one, "1/2".parse().unwrap(), &path);
    assert!(message.contains("shard 1/1 where this is shard 1/2"), "{message}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), whole);
    let version = format!("\"version\":\"{}\"", env!("CARGO_PKG_VERSION"));
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    let without = |line: usize| [&lines[..line], &lines[line + 1..]].concat().concat();
    for (text, reason) in [
        (whole.replace(&version, "\"version\":\"0.0.9\""), "version 0.0.9 where this is version"),
        (whole.replacen("simulate/4", "simulate/9", 1), "schema oddpoint.simulate/9 where"),
        (whole.replacen("# ", "", 1), "not in the format"),
        (whole.replacen(",layer,", ",depth,", 1), "not in the format"),
        (without(3), "line 4: layer 2 of replica 0 where layer 1 should be"),
        (format!("{whole}{}", lines[2]), "line 33: replica 0 comes twice"),
        (whole.replace("\n2,4,", "\n2,4,x"), "line 17: not a record"),
        (whole.replace("\n2,4,", "\n2,4"), "line 17: not a record"),
        ("replica,layer\n".to_owned(), "not a header"),
    ] {
        std::fs::write(&path, &text).unwrap();
        let message = refusal(&one, Shard::ALL, &path);
        assert!(message.contains("out.csv") && message.contains(reason), "{reason}: {message}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn two_runs_do_not_share_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.csv");
    let ensemble = ensemble(Width::Finite(20), 2);
    let mut seen = None;
    run_to_file(&ensemble, Shard::ALL, &path, |_| {
        seen.get_or_insert_with(|| refusal(&ensemble, Shard::ALL, &path));
    })
    .unwrap();
    assert!(seen.unwrap().contains("another run is writing this file"));
}

/// Whoever stops to listen gets what was written, and the error.
#[test]
fn a_failing_writer_stops_the_run() {
    struct Full(usize);
    impl std::io::Write for Full {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 = self.0.checked_sub(1).ok_or(std::io::ErrorKind::StorageFull)?;
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    for (width, replicas, layers) in [(Width::Finite(20), 1000, 5), (Width::Infinite, 1, 10_000_000)] {
        let ensemble = Ensemble::new(Experiment { layers, ..experiment(width, replicas) }, None).unwrap();
        let result = run_to(Full(3), Format::Csv, &ensemble, Shard::ALL, |_| ());
        assert!(matches!(result, Err(Error::Output(_))), "{result:?}");
    }
}

#[test]
fn a_batch_must_be_the_experiments() {
    let batch = batch::random_gaussian(5, 4, 1, 0).unwrap();
    let other = batch::random_gaussian(5, 4, 2, 0).unwrap();
    let given = Experiment {
        features: 4,
        input: Some(InputFile::new("x.csv", &batch)),
        ..Experiment::random(5, layer("rc,nl"), 3)
    };
    assert!(Ensemble::new(given.clone(), Some(batch.clone())).is_ok());
    for (experiment, batch, reason) in [
        (given.clone(), Some(other), "x.csv: not the batch"),
        (given.clone(), None, "x.csv: the experiment needs"),
        (Experiment { input: None, ..given }, Some(batch), "draws its own"),
    ] {
        let message = Ensemble::new(experiment, batch).unwrap_err().to_string();
        assert!(message.contains(reason), "{message}");
    }
}
