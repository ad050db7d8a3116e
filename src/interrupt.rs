//! Ctrl-C and SIGTERM as a request to stop at the next good place.
//!
//! Long work asks [`requested`] where it can stop and leave something usable. Nothing listens until [`listen`] is called:
//! until then, and for whoever uses the library without calling it, the signals do what they always do.
//!
//! ```
//! use oddpoint::interrupt;
//! interrupt::listen()?;
//! // Nobody has pressed Ctrl-C; an ensemble would otherwise end after the replica it is at.
//! assert!(!interrupt::requested());
//! # Ok::<(), std::io::Error>(())
//! ```

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

struct Request {
    made: Arc<AtomicBool>,
    signal: Arc<AtomicUsize>,
}

static REQUEST: OnceLock<Request> = OnceLock::new();

/// From now on the first signal is a request, and a second one ends the process at once, with the same exit status.
///
/// # Errors
/// The operating system's, if it does not let us listen.
pub fn listen() -> std::io::Result<()> {
    if REQUEST.get().is_some() {
        return Ok(());
    }
    let request = REQUEST.get_or_init(|| Request { made: Arc::default(), signal: Arc::default() });
    for signal in [SIGINT, SIGTERM] {
        // In this order: a second signal finds the request made.
        flag::register_conditional_shutdown(signal, status_of(signal), Arc::clone(&request.made))?;
        flag::register_usize(signal, Arc::clone(&request.signal), signal as usize)?;
        flag::register(signal, Arc::clone(&request.made))?;
    }
    Ok(())
}

/// Whether to stop.
pub fn requested() -> bool {
    REQUEST.get().is_some_and(|request| request.made.load(Ordering::Relaxed))
}

/// The exit status of whoever has stopped on request: 128 and the signal's number, 130 for Ctrl-C.
pub fn status() -> u8 {
    let signal = REQUEST.get().map_or(0, |request| request.signal.load(Ordering::Relaxed));
    status_of(if signal == SIGTERM as usize { SIGTERM } else { SIGINT }) as u8
}

fn status_of(signal: i32) -> i32 {
    128 + signal
}
