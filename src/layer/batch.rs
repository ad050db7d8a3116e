//! Batches of samples: random ones, and real ones from files.
//!
//! Nothing here is computed beyond the centred covariance `C = P (XᵀX/d) P` of theory, section 2. Files are
//! read strictly: what is not understood is refused, in one line that names the file, the place and the value.

use super::Gram;
use crate::{Error, Result, bad_input};
use npyz::{DType, NpyFile, Order, TypeChar};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use rand_distr::{Distribution, StandardNormal};
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

/// The fewest samples for which there can be a cluster and another point.
pub const MIN_SAMPLES: usize = 3;
/// The most samples accepted: a matrix of second moments then takes half a gibibyte.
pub const MAX_SAMPLES: usize = 8192;
/// The most numbers (samples × features) accepted: two gibibytes of them.
pub const MAX_NUMBERS: usize = 1 << 28;
/// The longest file accepted: sixteen bytes a number.
pub const MAX_BYTES: u64 = 16 << 28;

/// Samples with their features, checked: at least three samples, not all of them equal, all numbers finite.
///
/// ```
/// use oddpoint::layer::batch::Batch;
/// let batch = Batch::new(vec![vec![1.0, 0.0], vec![1.0, 0.0], vec![-2.0, 0.5]])?;
/// assert_eq!((batch.size(), batch.features()), (3, 2));
/// // Recentred over the batch: rows sum to 0.
/// let covariance = batch.covariance()?;
/// assert!((0..3).map(|j| covariance.get(0, j)).sum::<f64>().abs() < 1e-15);
/// # Ok::<(), oddpoint::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    samples: Vec<Vec<f64>>,
}

impl Batch {
    /// A batch of one row of features a sample.
    ///
    /// # Errors
    /// [`Error::Input`] for fewer than [`MIN_SAMPLES`] or more than [`MAX_SAMPLES`] samples, more than
    /// [`MAX_NUMBERS`] numbers, no features, rows of unequal length, a number that is not finite, or samples that are
    /// all equal, of which nothing is left after recentring. Samples are counted from 0.
    pub fn new(samples: Vec<Vec<f64>>) -> Result<Self> {
        let features = samples.first().map_or(0, Vec::len);
        check_size(samples.len(), features)?;
        for (i, sample) in samples.iter().enumerate() {
            if sample.len() != features {
                return Err(bad_input!(
                    "sample {i} has {} features where sample 0 has {features}; all need the same number",
                    sample.len()
                ));
            }
            if let Some(j) = sample.iter().position(|x| !x.is_finite()) {
                return Err(bad_input!(
                    "sample {i}, feature {j}: {}; only finite numbers are accepted",
                    sample[j]
                ));
            }
        }
        if samples.iter().all(|sample| *sample == samples[0]) {
            return Err(bad_input!(
                "all {} samples are equal, so nothing is left after recentring",
                samples.len()
            ));
        }
        Ok(Self { samples })
    }

    /// The samples, a row of features each.
    pub fn samples(&self) -> &[Vec<f64>] {
        &self.samples
    }

    /// The number of samples, `n`.
    pub fn size(&self) -> usize {
        self.samples.len()
    }

    /// Every sample that equals an earlier one, after the first such.
    ///
    /// Such samples stay equal in every layer, a configuration that the theory treats apart (section 2.1).
    ///
    /// ```
    /// use oddpoint::layer::batch::Batch;
    /// let batch = Batch::new([2.0, 5.0, 2.0, 2.0].map(|x| vec![x]).to_vec())?;
    /// assert_eq!(batch.equal_samples(), [(0, 2), (0, 3)]);
    /// # Ok::<(), oddpoint::Error>(())
    /// ```
    pub fn equal_samples(&self) -> Vec<(usize, usize)> {
        let mut seen = HashMap::new();
        let first = |(i, sample): (usize, &Vec<f64>)| {
            // Adding zero makes a positive zero of a negative one, which is the same number.
            let bits: Vec<u64> = sample.iter().map(|x| (x + 0.0).to_bits()).collect();
            let first = *seen.entry(bits).or_insert(i);
            (first < i).then_some((first, i))
        };
        self.samples.iter().enumerate().filter_map(first).collect()
    }

    /// The number of features of a sample.
    pub fn features(&self) -> usize {
        self.samples[0].len()
    }

    /// The centred covariance `P (XᵀX/d) P`, with its trace normalised to `n`.
    ///
    /// # Guarantees
    /// Approximates; independent of the scale of the features, which cancels with the trace, and of the number
    /// of threads.
    ///
    /// # Errors
    /// [`Error::Input`] if the samples differ so little that in double precision nothing is left of them
    /// after recentring.
    pub fn covariance(&self) -> Result<Gram<f64>> {
        let mut gram = Gram::from_samples(&self.recentred())?;
        gram.recentre();
        gram.scale_to_trace(&(self.size() as f64));
        if gram.entries().iter().all(|x| x.is_finite()) {
            Ok(gram)
        } else {
            Err(bad_input!(
                "the samples differ too little for double precision; recentre or rescale them first"
            ))
        }
    }

    /// The Gram matrix `XᵀX/d`, uncentred, with its trace normalised to `n`.
    ///
    /// # Guarantees
    /// Approximates; independent of the scale of the features and of the number of threads.
    ///
    /// # Errors
    /// None for a batch that [`Batch::new`] accepted: samples that differ are not all zero.
    pub fn gram(&self) -> Result<Gram<f64>> {
        let mut samples = self.samples.clone();
        rescale(&mut samples);
        let mut gram = Gram::from_samples(&samples)?;
        gram.scale_to_trace(&(self.size() as f64));
        Ok(gram)
    }

    /// The samples less their mean, scaled to at most 1: subtracting first is more accurate than `P G P`
    /// alone, and the scale keeps squares from overflowing or vanishing.
    fn recentred(&self) -> Vec<Vec<f64>> {
        let mut samples = self.samples.clone();
        rescale(&mut samples);
        for j in 0..self.features() {
            let mean = samples.iter().map(|sample| sample[j]).sum::<f64>() / self.size() as f64;
            samples.iter_mut().for_each(|sample| sample[j] -= mean);
        }
        rescale(&mut samples);
        samples
    }
}

/// Divides by the largest absolute value, if there is one.
fn rescale(samples: &mut [Vec<f64>]) {
    let largest = samples.iter().flatten().fold(0.0_f64, |largest, x| largest.max(x.abs()));
    if largest > 0.0 {
        samples.iter_mut().flatten().for_each(|x| *x /= largest);
    }
}

/// A batch of `n` samples with `features` independent standard normal features.
///
/// # Guarantees
/// The same on every machine and in any order of calls: generator ChaCha20, seeded with `seed`, on its stream
/// number `stream` (one a replica).
///
/// # Errors
/// [`Error::Input`] for sizes that [`Batch::new`] refuses.
///
/// ```
/// use oddpoint::layer::batch::random_gaussian;
/// let batch = random_gaussian(10, 20, 7, 0)?;
/// assert_eq!(batch, random_gaussian(10, 20, 7, 0)?);
/// assert_ne!(batch, random_gaussian(10, 20, 8, 0)?);
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn random_gaussian(n: usize, features: usize, seed: u64, stream: u64) -> Result<Batch> {
    check_size(n, features)?;
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    rng.set_stream(stream);
    let mut sample = || (0..features).map(|_| StandardNormal.sample(&mut rng)).collect();
    Batch::new((0..n).map(|_| sample()).collect())
}

/// A batch from a file, one sample a row: comma-separated `.csv` or NumPy's `.npy`.
///
/// A first line of a `.csv` in which no field is a number is a header, and skipped. An `.npy` holds a
/// two-dimensional array of floats (32 or 64 bits) or integers; integers beyond 2⁵³ are rounded.
///
/// # Errors
/// [`Error::File`] if the file cannot be read, [`Error::Input`] if it does not hold a batch as
/// [`Batch::new`] accepts it.
///
/// ```
/// use oddpoint::layer::batch::read;
/// let file = std::env::temp_dir().join(format!("oddpoint-example-{}.csv", std::process::id()));
/// std::fs::write(&file, "1,0\n0,1\n-1,-1\n").unwrap();
/// assert_eq!(read(&file)?.size(), 3);
/// # std::fs::remove_file(&file).unwrap();
/// assert!(read("no/such/file.csv".as_ref()).is_err());
/// # Ok::<(), oddpoint::Error>(())
/// ```
pub fn read(path: &Path) -> Result<Batch> {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    let samples = match extension.as_deref() {
        Some("csv") => read_csv(path),
        Some("npy") => read_npy(path),
        _ => Err(bad_input!("{}: not a file that can be read; accepted are .csv and .npy", path.display())),
    }?;
    Batch::new(samples).map_err(|error| bad_input!("{}: {error}", path.display()))
}

pub(crate) fn check_size(n: usize, features: usize) -> Result<()> {
    if n < MIN_SAMPLES {
        return Err(bad_input!("{n} samples; a batch needs at least {MIN_SAMPLES}"));
    }
    if n > MAX_SAMPLES {
        return Err(bad_input!("{n} samples; at most {MAX_SAMPLES} are accepted"));
    }
    if features == 0 {
        return Err(bad_input!("samples without features; each needs at least one"));
    }
    if n.saturating_mul(features) > MAX_NUMBERS {
        return Err(bad_input!(
            "{n} samples with {features} features; at most {MAX_NUMBERS} numbers are accepted"
        ));
    }
    Ok(())
}

fn open(path: &Path) -> Result<File> {
    let failed = |source| Error::File { path: path.to_owned(), source };
    // Looked at before it is opened: opening a pipe waits for its other end, and a device may never end.
    let found = std::fs::metadata(path).map_err(failed)?;
    if found.is_dir() {
        return Err(bad_input!("{}: a folder, not a file", path.display()));
    }
    if !found.is_file() {
        return Err(bad_input!("{}: a pipe or a device, not a regular file", path.display()));
    }
    if found.len() > MAX_BYTES {
        let size = found.len();
        return Err(bad_input!("{}: {size} bytes; at most {MAX_BYTES} are accepted", path.display()));
    }
    File::open(path).map_err(failed)
}

fn read_csv(path: &Path) -> Result<Vec<Vec<f64>>> {
    parse_csv(BufReader::new(open(path)?), path)
}

/// The samples of a `.csv`; the path is for messages.
pub(crate) fn parse_csv(text: impl Read, path: &Path) -> Result<Vec<Vec<f64>>> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).trim(csv::Trim::All).from_reader(text);
    let mut samples: Vec<Vec<f64>> = Vec::new();
    let mut columns = None;
    let mut numbers = 0;
    for (index, record) in reader.records().enumerate() {
        let record = record.map_err(|error| csv_error(path, error))?;
        let line = record.position().map_or(index as u64 + 1, csv::Position::line);
        let place = || format!("{}, line {line}", path.display());
        let expected = *columns.get_or_insert(record.len());
        if record.len() != expected {
            let found = record.len();
            return Err(bad_input!("{}: {found} fields where the first line has {expected}", place()));
        }
        if index == 0 && record.iter().all(|field| field.parse::<f64>().is_err()) {
            continue;
        }
        samples.push(csv_row(&record).map_err(|reason| bad_input!("{}, {reason}", place()))?);
        numbers += expected;
        if numbers > MAX_NUMBERS {
            return Err(bad_input!("{}: more than {MAX_NUMBERS} numbers", place()));
        }
    }
    if columns.is_none() {
        return Err(bad_input!(
            "{}: empty; expected one sample a line, features separated by commas",
            path.display()
        ));
    }
    Ok(samples)
}

/// The numbers of a line, or why they are none.
fn csv_row(record: &csv::StringRecord) -> std::result::Result<Vec<f64>, String> {
    let number = |(index, field): (usize, &str)| {
        let column = index + 1;
        match field.parse::<f64>() {
            Ok(x) if x.is_finite() => Ok(x),
            Ok(_) => Err(format!("field {column}: `{field}` is not finite in double precision")),
            Err(_) => Err(format!("field {column}: `{}` is not a number such as -1.5e3", excerpt(field))),
        }
    };
    record.iter().enumerate().map(number).collect()
}

/// The start of a field, on one line, so that a message stays readable whatever the file holds.
fn excerpt(field: &str) -> String {
    let start: String = field.chars().take(40).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if field.chars().count() > 40 { start + "…" } else { start }
}

fn csv_error(path: &Path, error: csv::Error) -> Error {
    match error.into_kind() {
        csv::ErrorKind::Io(source) => Error::File { path: path.to_owned(), source },
        csv::ErrorKind::Utf8 { pos, .. } => {
            let line = pos.map_or(1, |pos| pos.line());
            bad_input!(
                "{}, line {line}: not UTF-8 text; a .csv holds numbers separated by commas",
                path.display()
            )
        }
        other => bad_input!("{}: {other:?}", path.display()),
    }
}

fn read_npy(path: &Path) -> Result<Vec<Vec<f64>>> {
    let name = path.display();
    let unreadable = |source: std::io::Error| bad_input!("{name}: not a whole .npy file ({source})");
    let npy = NpyFile::new(BufReader::new(open(path)?)).map_err(unreadable)?;
    let &[rows, columns] = npy.shape() else {
        return Err(bad_input!(
            "{name}: an array of {} dimensions; expected 2, one sample a row",
            npy.shape().len()
        ));
    };
    let too_large = || bad_input!("{name}: {rows} × {columns} numbers; at most {MAX_NUMBERS} are accepted");
    let count = rows.checked_mul(columns).and_then(|count| usize::try_from(count).ok());
    count.filter(|&count| count <= MAX_NUMBERS).ok_or_else(too_large)?;
    let (rows, columns) = (rows as usize, columns as usize);
    // Sizes are settled before memory is asked for: a row costs some even without columns.
    check_size(rows, columns).map_err(|error| bad_input!("{name}: {error}"))?;
    let order = npy.order();
    let numbers = npy_numbers(npy, path)?.map_err(unreadable)?;
    let at = |i: usize, j: usize| match order {
        Order::C => numbers[i * columns + j],
        Order::Fortran => numbers[j * rows + i],
    };
    Ok((0..rows).map(|i| (0..columns).map(|j| at(i, j)).collect()).collect())
}

/// The array's numbers, in the order of the file.
fn npy_numbers(npy: NpyFile<BufReader<File>>, path: &Path) -> Result<std::io::Result<Vec<f64>>> {
    let refuse = |kind: &str| {
        bad_input!(
            "{}: elements of type {kind}; accepted are floats of 32 or 64 bits and integers",
            path.display()
        )
    };
    let dtype = npy.dtype();
    let DType::Plain(kind) = &dtype else {
        return Err(refuse(&dtype.descr()));
    };
    macro_rules! as_f64 {
        ($type:ty) => {
            npy.into_vec::<$type>().map(|numbers| numbers.into_iter().map(|x| x as f64).collect())
        };
    }
    Ok(match (kind.type_char(), kind.size_field()) {
        (TypeChar::Float, 8) => npy.into_vec(),
        (TypeChar::Float, 4) => as_f64!(f32),
        (TypeChar::Int, 1) => as_f64!(i8),
        (TypeChar::Int, 2) => as_f64!(i16),
        (TypeChar::Int, 4) => as_f64!(i32),
        (TypeChar::Int, 8) => as_f64!(i64),
        (TypeChar::Uint, 1) => as_f64!(u8),
        (TypeChar::Uint, 2) => as_f64!(u16),
        (TypeChar::Uint, 4) => as_f64!(u32),
        (TypeChar::Uint, 8) => as_f64!(u64),
        _ => return Err(refuse(&kind.to_string())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_batches_are_reproducible_and_differ_by_stream() {
        let batch = random_gaussian(4, 3, 11, 0).unwrap();
        assert_eq!(batch, random_gaussian(4, 3, 11, 0).unwrap());
        assert_ne!(batch, random_gaussian(4, 3, 11, 1).unwrap());
        assert_ne!(batch, random_gaussian(4, 3, 12, 0).unwrap());
    }

    #[test]
    fn covariance_is_centred_with_trace_n() {
        let covariance = random_gaussian(6, 12, 1, 0).unwrap().covariance().unwrap();
        assert!((covariance.trace() - 6.0).abs() < 1e-14);
        assert!((0..6).all(|i| covariance.row(i).iter().sum::<f64>().abs() < 1e-14));
    }

    #[test]
    fn covariance_of_three_points_on_a_line() {
        // 0, 1, 5 recentred: −2, −1, 3, of squared norm 14; trace 3.
        let batch = Batch::new(vec![vec![0.0], vec![1.0], vec![5.0]]).unwrap();
        let centred = [-2.0, -1.0, 3.0];
        let expected = Gram::from_entries(3, |i, j| centred[i] * centred[j] * 3.0 / 14.0);
        assert!(batch.covariance().unwrap().sub(&expected).frobenius_norm() < 1e-15);
    }

    #[test]
    fn covariance_survives_extreme_scales() {
        let at_scale = |scale: f64| {
            let samples = [-1.0, 0.25, 0.875].map(|x| vec![x * scale, 0.5 * scale]);
            Batch::new(samples.to_vec()).unwrap().covariance().unwrap()
        };
        for scale in [1e300, f64::MAX, 1e-300] {
            assert!(at_scale(1.0).sub(&at_scale(scale)).frobenius_norm() < 1e-14, "{scale}");
        }
    }

    #[test]
    fn negative_zero_equals_zero() {
        let batch = Batch::new(vec![vec![0.0], vec![1.0], vec![-0.0]]).unwrap();
        assert_eq!(batch.equal_samples(), [(0, 2)]);
        let message = Batch::new(vec![vec![0.0], vec![-0.0], vec![0.0]]).unwrap_err().to_string();
        assert!(message.contains("all 3 samples are equal"), "{message}");
    }

    #[test]
    fn sizes_out_of_range_are_refused_before_memory_is_asked_for() {
        for (n, features) in [(2, 4), (4, 0), (MAX_SAMPLES + 1, 1), (usize::MAX, usize::MAX), (3, usize::MAX)]
        {
            assert!(matches!(random_gaussian(n, features, 0, 0), Err(Error::Input(_))), "{n} {features}");
        }
    }
}
