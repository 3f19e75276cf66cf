//! What is shown: one line that moves on a terminal, a summary at the end everywhere.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use mailstore_core::pop3::{Progress, PullEnd, Summary, Warning};

use crate::link::said;

/// The line is not drawn more often than that.
const EVERY: Duration = Duration::from_millis(100);

/// The display.
pub struct Display {
    terminal: bool,
    drawn: Option<Instant>,
}

impl Display {
    pub fn new() -> Self {
        Self { terminal: io::stdout().is_terminal(), drawn: None }
    }

    /// Shows how far it is, on a terminal.
    pub fn progress(&mut self, progress: Progress) {
        let Progress { messages, of_messages, octets, of_octets } = progress;
        let shown = self.drawn.is_some_and(|at| at.elapsed() < EVERY);
        if !self.terminal || shown || of_messages == 0 {
            return;
        }
        self.drawn = Some(Instant::now());
        let sum = of_octets.map_or_else(String::new, |sum| format!(" of {}", size(sum)));
        print!("\r\x1b[K{messages} of {of_messages} messages, {}{sum}", size(octets));
        let _ = io::stdout().flush();
    }

    /// Takes the line away.
    fn clear(&mut self) {
        if self.terminal && self.drawn.take().is_some() {
            print!("\r\x1b[K");
        }
    }

    /// Says something about the run that is no error of ours.
    pub fn note(&mut self, text: &str) {
        self.clear();
        eprintln!("pop3_fetch: {text}");
    }

    pub fn warning(&mut self, warning: Warning) {
        self.note(&match warning {
            Warning::MustNotStay => {
                "mail may not stay on this server: it is deleted once it is stored".into()
            }
            Warning::Expires { days } => {
                format!("this server may delete mail after {days} days, earlier than asked for")
            }
            Warning::LoginDelay { seconds } => {
                format!("this server wants {seconds} seconds between two logins")
            }
            Warning::NoUniqueIds => {
                "this server has no unique-ids: mail that stays there comes again".into()
            }
            Warning::WithoutId { messages } => {
                format!("{messages} messages have no unique-id: if they stay, they come again")
            }
            Warning::SharedIds { messages } => {
                format!("{messages} messages share their unique-ids: all are fetched")
            }
            Warning::TooMany => "too many messages for one run: the rest comes later".into(),
            other => format!("{other:?}"),
        });
    }

    /// The last line.
    pub fn summary(&mut self, summary: &Summary) {
        self.clear();
        let Summary { fetched, octets, known, deleted, .. } = summary;
        println!(
            "{fetched} messages fetched ({}), {known} known, {deleted} deleted",
            size(*octets)
        );
        match &summary.end {
            PullEnd::Quit => {}
            PullEnd::QuitRefused(status) => {
                self.note(&format!("the server did not delete all: {}", said(status)));
            }
            PullEnd::QuitWithheld => self.note("not all was stored, so nothing is deleted yet"),
            PullEnd::Lost(_) => self.note("the connection was lost; the next run goes on"),
        }
    }
}

/// Octets as people read them.
fn size(octets: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    match UNITS.into_iter().find(|(unit, _)| octets >= *unit) {
        Some((unit, name)) => {
            let tenths = u128::from(octets) * 10 / u128::from(unit);
            format!("{}.{} {name}", tenths / 10, tenths % 10)
        }
        None => format!("{octets} octets"),
    }
}
