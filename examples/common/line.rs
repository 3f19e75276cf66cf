//! The line that moves on a terminal, and how octets are told.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

/// The line is not drawn more often than that.
const EVERY: Duration = Duration::from_millis(100);

/// A line of standard output that is drawn again and again. Where that is no terminal, there is none.
pub struct Line {
    terminal: bool,
    drawn: Option<Instant>,
}

impl Line {
    pub fn new() -> Self {
        Self { terminal: io::stdout().is_terminal(), drawn: None }
    }

    /// Draws it, if it is time to.
    pub fn draw(&mut self, text: impl FnOnce() -> String) {
        if !self.terminal || self.drawn.is_some_and(|at| at.elapsed() < EVERY) {
            return;
        }
        self.drawn = Some(Instant::now());
        print!("\r\x1b[K{}", text());
        let _ = io::stdout().flush();
    }

    /// Takes it away.
    pub fn clear(&mut self) {
        if self.terminal && self.drawn.take().is_some() {
            print!("\r\x1b[K");
        }
    }
}

/// Octets as people read them.
pub fn size(octets: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    match UNITS.into_iter().find(|(unit, _)| octets >= *unit) {
        Some((unit, name)) => {
            let tenths = u128::from(octets) * 10 / u128::from(unit);
            format!("{}.{} {name}", tenths / 10, tenths % 10)
        }
        None => format!("{octets} octets"),
    }
}
