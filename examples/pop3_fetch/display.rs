//! What is shown: one line that moves on a terminal, a summary at the end everywhere.

use mailstore_core::pop3::{Progress, PullEnd, Summary, Warning};

use crate::line::{Line, size};
use crate::link::said;

/// The display.
pub struct Display {
    line: Line,
}

impl Display {
    pub fn new() -> Self {
        Self { line: Line::new() }
    }

    /// Shows how far it is, on a terminal.
    pub fn progress(&mut self, progress: Progress) {
        let Progress { messages, of_messages, octets, of_octets } = progress;
        if of_messages > 0 {
            self.line.draw(|| {
                let sum = of_octets.map_or_else(String::new, |sum| format!(" of {}", size(sum)));
                format!("{messages} of {of_messages} messages, {}{sum}", size(octets))
            });
        }
    }

    /// Says something about the run that is no error of ours.
    pub fn note(&mut self, text: &str) {
        self.line.clear();
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
        self.line.clear();
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
