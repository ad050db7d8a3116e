//! A layer as composed components: recentring (RC), rescaling (RS) and non-linearity (NL), in this order, any of
//! them left out.
//!
//! Theory, section 1: after the linear map `Z = W X`, RC subtracts from every neuron its mean over the batch, RS
//! divides it by its root mean square over the batch (after RC: its standard deviation), NL applies an
//! [`Activation`] to every entry. One [`Layer`] drives both the infinite-width map, here, and the networks of
//! finite width in [`sampled`](super::sampled). Nothing here shows that the two agree; tests and claims do.

use super::rescaled::rescaled;
use super::{Gram, infinite_width};
use crate::arithmetic::Real;
use crate::{Error, Result, bad_input};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// One component of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Component {
    /// RC: subtract from each neuron its mean over the batch.
    #[serde(rename = "rc")]
    Recentre,
    /// RS: divide each neuron by its root mean square over the batch.
    #[serde(rename = "rs")]
    Rescale,
    /// NL: apply the [`Activation`] to every entry.
    #[serde(rename = "nl")]
    Nonlinearity,
}

impl Component {
    /// All components, in the order in which a layer applies them.
    pub const ALL: [Self; 3] = [Self::Recentre, Self::Rescale, Self::Nonlinearity];

    /// The components of a comma-separated list such as `rc,nl`, in the order of application.
    ///
    /// # Errors
    /// [`Error::Input`] for an unknown name or one that comes twice. The empty list is a linear layer alone.
    ///
    /// ```
    /// use oddpoint::layer::components::Component;
    /// assert_eq!(Component::parse_list("rc,nl")?, [Component::Recentre, Component::Nonlinearity]);
    /// assert!(Component::parse_list("rc,bn").is_err());
    /// # Ok::<(), oddpoint::Error>(())
    /// ```
    pub fn parse_list(text: &str) -> Result<Vec<Self>> {
        let mut components = Vec::new();
        for name in text.split(',').filter(|_| !text.trim().is_empty()) {
            let component: Self = name.parse().map_err(|error| bad_input!("components '{text}': {error}"))?;
            if components.contains(&component) {
                return Err(bad_input!("components '{text}': '{component}' comes twice; name each once"));
            }
            components.push(component);
        }
        components.sort_unstable();
        Ok(components)
    }
}

impl fmt::Display for Component {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Recentre => "rc",
            Self::Rescale => "rs",
            Self::Nonlinearity => "nl",
        })
    }
}

impl FromStr for Component {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|component| component.to_string() == text.trim()).ok_or_else(|| {
            bad_input!("'{text}' is not a component; choose among rc (recentring), rs (rescaling), nl (non-linearity)")
        })
    }
}

/// The non-linearity, applied to every entry.
///
/// ```
/// use oddpoint::layer::components::Activation;
/// let leaky: Activation = "leaky:0.25".parse()?;
/// assert_eq!(leaky.apply(-4.0), -1.0);
/// # Ok::<(), oddpoint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Activation {
    /// `max(z, 0)`.
    Relu,
    /// `max(z, a z)` with a slope `a` below 1 (`a = 0` is ReLU, `a = −1` the absolute value).
    Leaky(f64),
    /// `z`.
    Linear,
}

/// The largest slope of a leaky ReLU, in absolute value: its square must not overflow.
pub const MAX_SLOPE: f64 = 1e100;

impl Activation {
    /// Leaky ReLU `max(z, slope · z)`.
    ///
    /// # Errors
    /// [`Error::Input`] for a slope that is not finite, is 1 or more, or exceeds [`MAX_SLOPE`] in absolute value.
    pub fn leaky(slope: f64) -> Result<Self> {
        if !slope.is_finite() || slope.abs() > MAX_SLOPE {
            Err(bad_input!(
                "leaky:{slope}: the slope must be a finite number of at most 1e100 in absolute value"
            ))
        } else if slope == 1.0 {
            Err(bad_input!("leaky:1 is the identity; use `linear`"))
        } else if slope > 1.0 {
            let inverse = 1.0 / slope;
            Err(bad_input!(
                "leaky:{slope}: the slope must be below 1; max(z, {slope} z) is {slope} times leaky:{inverse}, the same up to scale"
            ))
        } else {
            Ok(Self::Leaky(slope))
        }
    }

    /// The value of the activation at `z`.
    pub fn apply(self, z: f64) -> f64 {
        match self {
            Self::Relu => z.max(0.0),
            Self::Leaky(slope) => z.max(slope * z),
            Self::Linear => z,
        }
    }

    /// `E φ(zᵢ) φ(zⱼ)` for `z ~ N(0, C)`: the Gram matrix after the activation at infinite width.
    ///
    /// # Shape
    /// `n × n` to `n × n`, symmetric.
    ///
    /// # Guarantees
    /// As [`infinite_width::nonlinearity`], whose `K(C)` it is for ReLU. Leaky ReLU is `a z + (1−a) relu(z)`, and
    /// `E zᵢ relu(zⱼ) = cᵢⱼ/2`, so that it is `(1−a)² K(C) + a C`; for `a < 0` the two terms cancel in part.
    ///
    /// # Source
    /// Theory, sections 2 and 2.7.
    ///
    /// ```
    /// use oddpoint::layer::{Gram, components::Activation};
    /// let covariance = Gram::from_entries(2, |i, j| if i == j { 2.0 } else { 0.0 });
    /// // |z| and |z'| of two independent normals of variance 2: E|z|² = 2, E|z||z'| = 2·2/π.
    /// let gram = Activation::leaky(-1.0)?.second_moments(&covariance);
    /// assert!((gram.get(0, 0) - 2.0).abs() < 1e-15 && (gram.get(0, 1) - 4.0 / std::f64::consts::PI).abs() < 1e-15);
    /// # Ok::<(), oddpoint::Error>(())
    /// ```
    pub fn second_moments<R: Real>(self, covariance: &Gram<R>) -> Gram<R> {
        match self {
            Self::Linear => covariance.clone(),
            Self::Relu => infinite_width::nonlinearity(covariance),
            Self::Leaky(slope) => {
                let slope = exactly(covariance.get(0, 0), slope);
                let rest = slope.lift(1) - &slope;
                let mut gram = infinite_width::nonlinearity(covariance);
                gram.scale(&rest.square());
                gram.add_scaled(&slope, covariance)
            }
        }
    }
}

impl fmt::Display for Activation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Relu => f.write_str("relu"),
            Self::Leaky(slope) => write!(f, "leaky:{slope}"),
            Self::Linear => f.write_str("linear"),
        }
    }
}

impl FromStr for Activation {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let unknown =
            || bad_input!("activation '{text}': choose among relu, leaky:A with a number A below 1, linear");
        match text.trim() {
            "relu" => Ok(Self::Relu),
            "linear" => Ok(Self::Linear),
            other => {
                let slope = other.strip_prefix("leaky:").ok_or_else(unknown)?;
                Self::leaky(slope.parse().map_err(|_| unknown())?)
            }
        }
    }
}

impl From<Activation> for String {
    fn from(activation: Activation) -> Self {
        activation.to_string()
    }
}

impl TryFrom<String> for Activation {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

/// One layer after its linear map: RC, RS and NL, each or none.
///
/// Every layer is positively homogeneous, and one with RS does not depend on the scale of its input at all.
///
/// ```
/// use oddpoint::layer::components::{Activation, Layer};
/// let layer = Layer::parse("nl,rc", None)?;
/// assert_eq!(layer, Layer { recentre: true, rescale: false, activation: Activation::Relu });
/// assert_eq!(layer.to_string(), "rc,nl relu");
/// # Ok::<(), oddpoint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "Description", try_from = "Description")]
pub struct Layer {
    /// RC: subtract the mean over the batch.
    pub recentre: bool,
    /// RS: divide by the root mean square over the batch.
    pub rescale: bool,
    /// NL; [`Activation::Linear`] if there is none.
    pub activation: Activation,
}

impl Layer {
    /// A layer of these components.
    ///
    /// # Errors
    /// [`Error::Input`] for an activation other than linear without NL to apply it.
    pub fn new(components: &[Component], activation: Option<Activation>) -> Result<Self> {
        let has = |component| components.contains(&component);
        let default = if has(Component::Nonlinearity) { Activation::Relu } else { Activation::Linear };
        let activation = activation.unwrap_or(default);
        if activation != Activation::Linear && !has(Component::Nonlinearity) {
            return Err(bad_input!(
                "activation '{activation}' needs the component nl; add nl, or use `linear`"
            ));
        }
        Ok(Self { recentre: has(Component::Recentre), rescale: has(Component::Rescale), activation })
    }

    /// A layer from a list such as `rc,nl`, in any order. Without an activation NL means ReLU.
    ///
    /// # Errors
    /// [`Error::Input`] as for [`Component::parse_list`] and [`Layer::new`].
    pub fn parse(components: &str, activation: Option<Activation>) -> Result<Self> {
        Self::new(&Component::parse_list(components)?, activation)
    }

    /// The components, in the order of application; NL is left out if it is linear.
    pub fn components(&self) -> Vec<Component> {
        let present = [self.recentre, self.rescale, self.activation != Activation::Linear];
        Component::ALL
            .into_iter()
            .zip(present)
            .filter_map(|(component, here)| here.then_some(component))
            .collect()
    }

    /// The covariance over the batch of a neuron after RC, from the Gram matrix of the layer's input: `P G P` with
    /// RC, `G` without.
    pub fn covariance<R: Real>(&self, gram: &Gram<R>) -> Gram<R> {
        let mut covariance = gram.clone();
        if self.recentre {
            covariance.recentre();
        }
        covariance
    }

    /// The Gram matrix of the layer's output at infinite width, from that of its input.
    ///
    /// # Shape
    /// `n × n` to `n × n`, symmetric. The scale is that of weights of variance one over the width of the input; over
    /// many layers without RS it must be normalised, or it runs out of range.
    ///
    /// # Guarantees
    /// Approximates or encloses, as [`infinite_width::nonlinearity`] does; the same for any number of threads.
    ///
    /// # Errors
    /// [`Error::Input`] with RS, for a covariance that is zero or not finite.
    ///
    /// # Source
    /// Theory, sections 1, 2 and 2.7.
    ///
    /// ```
    /// use oddpoint::layer::{Gram, components::Layer};
    /// // Three equal points and an orthogonal one of three times their norm, after RC and ReLU: the same up to scale.
    /// let norms = [1.0, 1.0, 1.0, 9.0];
    /// let input = Gram::from_entries(4, |i, j| if i == j { norms[i] } else if j == 3 { 0.0 } else { 1.0 });
    /// let mut output = Layer::parse("rc,nl", None)?.infinite_width(&input)?;
    /// output.scale_to_trace(&12.0);
    /// assert!(output.sub(&input).frobenius_norm() < 1e-14);
    /// # Ok::<(), oddpoint::Error>(())
    /// ```
    pub fn infinite_width<R: Real>(&self, gram: &Gram<R>) -> Result<Gram<R>> {
        let covariance = self.covariance(gram);
        if self.rescale {
            rescaled(&covariance, |covariance| self.activation.second_moments(covariance))
        } else {
            Ok(self.activation.second_moments(&covariance))
        }
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, component) in self.components().iter().enumerate() {
            write!(f, "{}{component}", if i == 0 { "" } else { "," })?;
        }
        let separator = if self.components().is_empty() { "" } else { " " };
        write!(f, "{separator}{}", self.activation)
    }
}

/// A layer as files hold it.
#[derive(Serialize, Deserialize)]
struct Description {
    components: Vec<Component>,
    activation: Activation,
}

impl From<Layer> for Description {
    fn from(layer: Layer) -> Self {
        Self { components: layer.components(), activation: layer.activation }
    }
}

impl TryFrom<Description> for Layer {
    type Error = Error;

    fn try_from(description: Description) -> Result<Self> {
        Self::new(&description.components, Some(description.activation))
    }
}

/// The finite number `x` in the arithmetic of `like`; exact from 53 bits on.
fn exactly<R: Real>(like: &R, x: f64) -> R {
    const MAX_SHIFT: u32 = 62;
    let (mantissa, exponent) = integer_and_exponent(x);
    let mut result = like.lift(mantissa);
    let mut left = exponent.unsigned_abs();
    while left > 0 {
        let shift = left.min(MAX_SHIFT);
        let power = 1_i64 << shift;
        result = if exponent < 0 { result.over(power) } else { result.times(power) };
        left -= shift;
    }
    result
}

/// `(m, e)` with `x = m 2ᵉ` for a finite `x`, from its IEEE 754 encoding.
fn integer_and_exponent(x: f64) -> (i64, i32) {
    let bits = x.to_bits();
    let (biased, fraction) = ((bits >> 52 & 0x7ff) as i32, (bits & ((1 << 52) - 1)) as i64);
    let (magnitude, exponent) =
        if biased == 0 { (fraction, -1074) } else { (fraction | 1 << 52, biased - 1075) };
    (if x < 0.0 { -magnitude } else { magnitude }, exponent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arithmetic::Interval;
    use crate::layer::batch;
    use rug::Float;

    fn message<T: fmt::Debug>(result: Result<T>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn lists_are_read_in_any_order() {
        for (text, canonical) in [
            ("", "linear"),
            ("rc", "rc linear"),
            ("rs", "rs linear"),
            ("nl", "nl relu"),
            ("rs,rc", "rc,rs linear"),
            ("nl, rc", "rc,nl relu"),
            ("nl,rs", "rs,nl relu"),
            ("nl,rs,rc", "rc,rs,nl relu"),
        ] {
            let layer = Layer::parse(text, None).unwrap();
            assert_eq!(layer.to_string(), canonical);
            let json = serde_json::to_string(&layer).unwrap();
            assert_eq!(serde_json::from_str::<Layer>(&json).unwrap(), layer, "{json}");
        }
        let leaky = Layer::parse("rc,nl", Some(Activation::Leaky(0.125))).unwrap();
        let json = serde_json::to_string(&leaky).unwrap();
        assert_eq!(json, r#"{"components":["rc","nl"],"activation":"leaky:0.125"}"#);
    }

    #[test]
    fn what_is_not_understood_is_refused_by_name() {
        assert!(message(Layer::parse("rc,bn", None)).contains("'bn' is not a component; choose among rc"));
        assert!(message(Layer::parse("rc,nl,rc", None)).contains("'rc' comes twice"));
        assert!(message(Layer::parse("rc,,nl", None)).contains("'' is not a component"));
        assert!(message(Layer::parse("rc", Some(Activation::Relu))).contains("add nl"));
        for (text, reason) in [
            ("tanh", "activation 'tanh': choose among relu"),
            ("leaky", "choose among"),
            ("leaky:", "with a number A"),
            ("leaky:x", "with a number A"),
            ("leaky:nan", "finite"),
            ("leaky:inf", "finite"),
            ("leaky:-1e101", "finite number of at most 1e100"),
            ("leaky:1", "use `linear`"),
            ("leaky:4", "4 times leaky:0.25"),
        ] {
            let message = message(text.parse::<Activation>());
            assert!(message.contains(reason), "{text}: {message}");
        }
    }

    #[test]
    fn activations_are_read_as_they_are_written() {
        for activation in [Activation::Relu, Activation::Linear, Activation::Leaky(-0.65)] {
            assert_eq!(activation.to_string().parse::<Activation>().unwrap(), activation);
        }
        assert_eq!(Activation::Leaky(0.5).apply(-3.0), -1.5);
        assert_eq!(Activation::Leaky(-2.0).apply(-3.0), 6.0);
    }

    #[test]
    fn recentring_and_relu_follow_the_map_on_covariances() {
        let input = batch::random_gaussian(9, 18, 5, 0).unwrap().covariance().unwrap();
        let mut output = Layer::parse("rc,nl", None).unwrap().infinite_width(&input).unwrap();
        output.recentre();
        output.scale_to_trace(&9.0);
        assert!(output.sub(&infinite_width::layer(&input)).frobenius_norm() < 1e-13);
    }

    #[test]
    fn leaky_relu_has_the_fixed_points_of_relu() {
        // Theory, 2.7: n = 10, 1 − r = 0.361976394607323 (15 digits), cluster first.
        let (n, r) = (10_usize, 1.0 - 0.361976394607323);
        let s = 1.0 + (n - 2) as f64 * r;
        let point = Gram::from_entries(n, |i, j| match (i + 1 == n, j + 1 == n) {
            (true, true) => (n - 1) as f64 * s,
            (false, false) if i == j => 1.0,
            (false, false) => r,
            _ => -s,
        });
        for slope in [0.0, 0.1, 0.9, -0.3, -1.0] {
            let layer = Layer::parse("rc,nl", Some(Activation::Leaky(slope))).unwrap();
            let mut image = layer.covariance(&layer.infinite_width(&point).unwrap());
            image.scale_to_trace(&point.trace());
            assert!(image.sub(&point).frobenius_norm() < 1e-13 * point.frobenius_norm(), "{slope}");
        }
    }

    #[test]
    fn intervals_enclose_the_leaky_map() {
        let slope = 0.1;
        let entry = |i: usize, j: usize| if i == j { 3_i64 } else { 1 };
        let enclosed = Activation::Leaky(slope)
            .second_moments(&Gram::from_entries(3, |i, j| Interval::from_f64(100, entry(i, j) as f64)));
        let close = Activation::Leaky(slope)
            .second_moments(&Gram::from_entries(3, |i, j| Float::with_val(300, entry(i, j))));
        for (interval, float) in enclosed.entries().iter().zip(close.entries()) {
            assert!(interval.contains(float));
        }
    }

    #[test]
    fn slopes_are_lifted_without_error() {
        let like = Float::new(1200);
        for x in [0.0, 1.0, -0.1, 0.65, 1e100, -1e-300, 5e-324, f64::MAX, f64::MIN_POSITIVE] {
            assert_eq!(exactly(&like, x), x);
        }
    }

    #[test]
    fn rescaling_normalises_the_neurons() {
        // Linear: |z|² is divided by its mean over the batch, so the trace is n whatever the scale.
        let input = Gram::from_entries(3, |i, j| 7.0 * f64::from(u8::from(i == j)));
        let output = Layer::parse("rs", None).unwrap().infinite_width(&input).unwrap();
        assert!((output.trace() - 3.0).abs() < 1e-12);
        assert!((output.get(0, 1)).abs() < 1e-12);
    }
}
