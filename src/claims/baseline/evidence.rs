//! Two claims' evidence side by side.

use super::difference::{Comparison, Sort};
use super::number::{Ends, Number, Shown};
use crate::claims::{Claim, Kind};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What tells the members of an array apart: as many of these, in this order, as it takes.
const NAMES: [&str; 15] = [
    "batch_size",
    "outliers",
    "at",
    "runs",
    "activation",
    "layer",
    "sampler",
    "width",
    "order_parameter",
    "state",
    "mode",
    "block",
    "points",
    "dimension",
    "stream",
];

/// What an object says its other approximations are good to.
const STATED: [&str; 3] = ["tolerance", "bound", "error_estimate"];
/// Relative, for approximations of which nothing is stated.
const UNSTATED: f64 = 1e-9;
/// What float64 and its libraries may make of the same number on another machine, relative and absolute.
const NOISE: f64 = 1e-12;

/// Numbers that a proof chooses or reaches, rather than encloses: which way is better, if either.
enum Aim {
    Larger,
    Smaller,
    /// Chosen on the way.
    Neither,
}

const AIMS: &[(&str, &str, Aim)] = &[
    ("stability.basin", "radius", Aim::Larger),
    ("stability.basin", "share_of_best", Aim::Larger),
    ("stability.basin", "from", Aim::Smaller),
    ("stability.basin", "left_out", Aim::Smaller),
    ("stability.basin", "layers_to_ball", Aim::Neither),
    ("stability.basin", "rate_in_ball", Aim::Neither),
    ("width.stays-in-basin", "width", Aim::Smaller),
    ("width.stays-in-basin", "rate", Aim::Neither),
    ("width.stays-in-basin", "radius", Aim::Neither),
    ("width.stays-in-basin", "radius_over_one_minus_r", Aim::Neither),
    ("width.stays-in-basin", "start", Aim::Neither),
    ("width.stays-in-basin", "start_frobenius", Aim::Neither),
    ("width.stays-in-basin", "contraction", Aim::Neither),
    ("leaky.same-fixed-points", "smallest_eigenvalue_above", Aim::Neither),
    ("leaky.same-fixed-points", "smallest_eigenvalue_below", Aim::Neither),
    ("leaky.same-fixed-points", "from", Aim::Smaller),
    ("model.fixed-points", "from", Aim::Smaller),
    ("stability.every-batch-size", "from", Aim::Smaller),
];

/// A walk through the evidence of one claim.
pub(super) struct Walk<'a> {
    claim: &'static Claim,
    /// Whether the runs had the same settings, so that everything should be the same.
    same: bool,
    sampled: usize,
    comparison: &'a mut Comparison,
}

/// Whatever cannot be read, in words.
type Walked = Result<(), String>;

impl<'a> Walk<'a> {
    pub fn new(claim: &'static Claim, comparison: &'a mut Comparison) -> Self {
        Self { claim, same: comparison.settings.is_empty(), sampled: 0, comparison }
    }

    pub fn compare(mut self, was: &Value, now: &Value) -> Walked {
        self.values("", "", was, now)?;
        if self.sampled > 0 {
            let differ = format!("{} of them differ", self.sampled);
            self.comparison.tell(self.claim.id, "", Sort::Sampled, "sampled values", differ);
        }
        Ok(())
    }

    fn tell(&mut self, place: &str, sort: Sort, was: &Value, now: &Value) {
        self.comparison.tell(self.claim.id, place, sort, Shown(was), Shown(now));
    }

    /// Two values of one place, whose last part is `field`.
    fn values(&mut self, place: &str, field: &str, was: &Value, now: &Value) -> Walked {
        let read = |value| Number::read(value).map_err(|reason| format!("{place}: {reason}"));
        let numbers = (read(was)?, read(now)?);
        if let Some(aim) = self.aim(field) {
            if self.same {
                self.aimed(place, aim, was, now);
            }
            return Ok(());
        }
        match numbers {
            (Some(Number::Enclosure(a)), Some(Number::Enclosure(b))) => {
                if self.same || self.claim.kind == Kind::Rigorous {
                    self.comparison.compared.enclosures += 1;
                    if !a.meet(&b) {
                        self.tell(place, Sort::EnclosuresDisjoint, was, now);
                    }
                }
            }
            (
                Some(Number::Estimate { estimate: a, interval: around_a }),
                Some(Number::Estimate { estimate: b, interval: around_b }),
            ) => {
                self.comparison.compared.estimates += 1;
                let sort = if !around_a.contain(&a) || !around_b.contain(&b) {
                    Sort::EstimateOutside
                } else if !around_a.meet(&around_b) {
                    Sort::EstimatesDisjoint
                } else if !around_a.contain(&b) || !around_b.contain(&a) {
                    Sort::EstimateMoved
                } else {
                    return Ok(());
                };
                self.tell(place, sort, was, now);
            }
            (Some(Number::Approximation(_)), Some(Number::Approximation(_))) => {
                self.approximations(place, None, was, now);
            }
            (None, None) => return self.structures(place, field, was, now),
            (Some(Number::Enclosure(_)), _) => self.tell(place, Sort::EnclosureLost, was, now),
            (_, Some(Number::Enclosure(_))) => self.tell(place, Sort::EnclosureGained, was, now),
            _ => self.exact(place, was, now),
        }
        Ok(())
    }

    fn aim(&self, field: &str) -> Option<&'static Aim> {
        let named = |(claim, name, _): &&(&str, &str, Aim)| *claim == self.claim.id && *name == field;
        AIMS.iter().find(named).map(|(.., aim)| aim)
    }

    /// Numbers that a proof has reached or chosen.
    fn aimed(&mut self, place: &str, aim: &Aim, was: &Value, now: &Value) {
        self.comparison.compared.exact += 1;
        if was == now {
            return;
        }
        let sort = match (aim, Ends::read(was), Ends::read(now)) {
            (_, Some(a), Some(b)) if a.meet(&b) => return,
            (Aim::Larger, Some(a), Some(b)) | (Aim::Smaller, Some(b), Some(a)) => {
                if a.lower < b.lower {
                    Sort::BoundBetter
                } else {
                    Sort::BoundWorse
                }
            }
            _ => Sort::ProofChanged,
        };
        self.tell(place, sort, was, now);
    }

    /// `stated` is what both documents together state of the numbers' errors.
    fn approximations(&mut self, place: &str, stated: Option<f64>, was: &Value, now: &Value) {
        if !self.same {
            return;
        }
        let (Some(a), Some(b)) = (size(was), size(now)) else { return };
        if self.claim.kind == Kind::Statistical {
            self.sampled += usize::from(was != now);
            return;
        }
        self.comparison.compared.approximations += 1;
        let largest = a.abs().max(b.abs());
        let allowed = NOISE * largest.max(1.0) + stated.unwrap_or(UNSTATED * largest);
        // Equal infinities, and NaN twice, are the same.
        let same = was == now || (a - b).abs() <= allowed;
        if !same {
            self.tell(place, Sort::ApproximationMoved, was, now);
        }
    }

    /// Neither is a number of the three shapes.
    fn structures(&mut self, place: &str, field: &str, was: &Value, now: &Value) -> Walked {
        match (was, now) {
            (Value::Object(a), Value::Object(b)) => self.objects(place, a, b),
            (Value::Array(a), Value::Array(b)) => self.arrays(place, field, a, b),
            _ => {
                self.exact(place, was, now);
                Ok(())
            }
        }
    }

    /// Whole numbers, truth values and words.
    fn exact(&mut self, place: &str, was: &Value, now: &Value) {
        if !self.same {
            return;
        }
        if self.claim.kind == Kind::Statistical {
            self.sampled += usize::from(was != now);
            return;
        }
        self.comparison.compared.exact += 1;
        if was != now {
            let words = |value: &Value| {
                value.as_str().is_some_and(|text| !text.bytes().all(|byte| byte.is_ascii_digit()))
            };
            let sort = if words(was) && words(now) { Sort::Words } else { Sort::ExactChanged };
            self.tell(place, sort, was, now);
        }
    }

    fn objects(&mut self, place: &str, was: &Map<String, Value>, now: &Map<String, Value>) -> Walked {
        let sum = |name: &&str| Some(size(was.get(*name)?)?.abs() + size(now.get(*name)?)?.abs());
        let stated = STATED.iter().filter_map(sum).reduce(f64::max);
        for (key, was) in was {
            let place = if place.is_empty() { key.clone() } else { format!("{place}.{key}") };
            match now.get(key) {
                None => self.gone(&place, was),
                // What is stated enters with the rest.
                Some(now)
                    if STATED.contains(&key.as_str()) && is_approximation(was) && is_approximation(now) => {}
                Some(now) if stated.is_some() && is_approximation(was) && is_approximation(now) => {
                    self.approximations(&place, stated, was, now);
                }
                Some(now) => self.values(&place, key, was, now)?,
            }
        }
        for (key, now) in now.iter().filter(|(key, _)| !was.contains_key(*key)) {
            let place = if place.is_empty() { key.clone() } else { format!("{place}.{key}") };
            self.come(&place, now);
        }
        Ok(())
    }

    fn arrays(&mut self, place: &str, field: &str, was: &[Value], now: &[Value]) -> Walked {
        let names = telling(was, now);
        let by_name = |k: usize, member: &Value| {
            if names.is_empty() { k.to_string() } else { label(&names, member) }
        };
        let named = |(k, member)| (by_name(k, member), member);
        let mut left: BTreeMap<String, &Value> = now.iter().enumerate().map(named).collect();
        for (name, was) in was.iter().enumerate().map(named) {
            let place = format!("{place}[{name}]");
            match left.remove(&name) {
                Some(now) => self.values(&place, field, was, now)?,
                None => self.gone(&place, was),
            }
        }
        for (name, now) in left {
            self.come(&format!("{place}[{name}]"), now);
        }
        Ok(())
    }

    fn gone(&mut self, place: &str, was: &Value) {
        if self.same {
            self.tell(place, Sort::EntryMissing, was, &Value::Null);
        }
    }

    fn come(&mut self, place: &str, now: &Value) {
        if self.same {
            self.tell(place, Sort::EntryNew, &Value::Null, now);
        }
    }
}

/// The first of [`NAMES`] that together tell all members of either array apart; none if nothing does.
fn telling<'n>(was: &[Value], now: &[Value]) -> Vec<&'n str> {
    let all_have = |name: &&str| was.iter().chain(now).all(|member| member.get(*name).is_some());
    let present: Vec<&str> = NAMES.into_iter().filter(all_have).collect();
    let apart = |members: &[Value], names: &[&str]| {
        let mut labels: Vec<String> = members.iter().map(|member| label(names, member)).collect();
        labels.sort_unstable();
        labels.windows(2).all(|pair| pair[0] != pair[1])
    };
    (1..=present.len())
        .map(|count| &present[..count])
        .find(|names| apart(was, names) && apart(now, names))
        .map_or(Vec::new(), <[&str]>::to_vec)
}

fn label(names: &[&str], member: &Value) -> String {
    let part = |name: &&str| {
        let value = &member[*name];
        format!("{name} {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    };
    names.iter().map(part).collect::<Vec<_>>().join(", ")
}

fn is_approximation(value: &Value) -> bool {
    size(value).is_some()
}

/// An approximation's value.
fn size(value: &Value) -> Option<f64> {
    match Number::read(value) {
        Ok(Some(Number::Approximation(number))) => Some(number),
        _ => None,
    }
}

/// The claims and fields that are not compared as numbers of their own right.
#[cfg(test)]
pub(super) fn aims() -> impl Iterator<Item = (&'static str, &'static str)> {
    AIMS.iter().map(|(claim, field, _)| (*claim, *field))
}
