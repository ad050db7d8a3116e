//! The batch sizes asked for: `7..=64,100`.

use crate::odd_point::{SMALLEST_ODD_POINT_BATCH, check_batch_size};
use crate::{Error, Result, bad_input};
use std::str::FromStr;

/// More sizes than this in one run are taken for a slip.
const MOST_SIZES: u64 = 1_000_000;

/// A list of batch sizes, increasing, each between 3 and 10¹⁸.
///
/// ```
/// use oddpoint::claims::BatchSizes;
/// let sizes: BatchSizes = "5..=8,100".parse()?;
/// assert_eq!(sizes.all(), [5, 6, 7, 8, 100]);
/// assert_eq!(sizes.with_odd_point()?, [7, 8, 100]);
/// # Ok::<(), oddpoint::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchSizes(Vec<u64>);

impl Default for BatchSizes {
    /// 7…64, 100, 128, 256 and 1000.
    fn default() -> Self {
        Self((SMALLEST_ODD_POINT_BATCH..=64).chain([100, 128, 256, 1000]).collect())
    }
}

impl BatchSizes {
    /// All of them.
    pub fn all(&self) -> &[u64] {
        &self.0
    }

    /// Those with an odd point, n ≥ 7.
    ///
    /// # Errors
    /// [`Error::NoOddPoint`] if there is none.
    pub fn with_odd_point(&self) -> Result<&[u64]> {
        let first = self.0.partition_point(|&n| n < SMALLEST_ODD_POINT_BATCH);
        match &self.0[first..] {
            [] => Err(Error::NoOddPoint(self.0[first - 1])),
            sizes => Ok(sizes),
        }
    }

    /// Those up to `limit`; `fallback` where the user asked for none so small.
    pub fn up_to(&self, limit: u64, fallback: &[u64]) -> Vec<u64> {
        let small: Vec<_> = self.0.iter().copied().filter(|&n| n <= limit).collect();
        if small.is_empty() { fallback.to_vec() } else { small }
    }
}

impl FromStr for BatchSizes {
    type Err = Error;

    /// Parses numbers and inclusive ranges, separated by commas.
    fn from_str(text: &str) -> Result<Self> {
        let mut sizes = Vec::new();
        for part in text.split(',').map(str::trim) {
            let (first, last) = match part.split_once("..=") {
                Some((first, last)) => (number(first, text)?, number(last, text)?),
                None => (number(part, text)?, number(part, text)?),
            };
            if first > last {
                return Err(bad_input!(
                    "batch sizes '{part}': the range is reversed; write {last}..={first}"
                ));
            }
            check_batch_size(first)?;
            check_batch_size(last)?;
            if sizes.len() as u64 + (last - first) >= MOST_SIZES {
                return Err(bad_input!(
                    "batch sizes '{text}': at most {MOST_SIZES} sizes are taken in one run"
                ));
            }
            sizes.extend(first..=last);
        }
        sizes.sort_unstable();
        sizes.dedup();
        Ok(Self(sizes))
    }
}

fn number(text: &str, whole: &str) -> Result<u64> {
    text.trim().parse().map_err(|_| {
        bad_input!(
            "batch sizes '{whole}': '{text}' is not a whole number; write numbers and ranges such as 7..=64,100"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_ranges() {
        let sizes: BatchSizes = "100, 7..=9,8".parse().unwrap();
        assert_eq!(sizes.all(), [7, 8, 9, 100]);
    }

    #[test]
    fn bad_lists_name_the_value() {
        for (text, named) in [
            ("", "''"),
            ("7..9", "'7..9'"),
            ("9..=7", "reversed"),
            ("2", "batch size 2"),
            ("7,-8", "'-8'"),
            ("7..=99999999999", "at most"),
            ("99999999999999999999", "'99999999999999999999'"),
            ("2000000000000000000", "2000000000000000000"),
        ] {
            let message = text.parse::<BatchSizes>().unwrap_err().to_string();
            assert!(message.contains(named), "{text}: {message}");
        }
    }

    #[test]
    fn small_sizes_have_no_odd_point() {
        let sizes: BatchSizes = "3..=8".parse().unwrap();
        assert_eq!(sizes.with_odd_point().unwrap(), [7, 8]);
        let sizes: BatchSizes = "3..=6".parse().unwrap();
        assert!(matches!(sizes.with_odd_point(), Err(Error::NoOddPoint(6))));
    }
}
