//! What is to happen in an exchange, and what came of it.
//!
//! The files of this folder are part of the tests of both protocols (`tests/sasl.rs` in each crate), which
//! bring the two applications as `parts`.

use std::cell::RefCell;
use std::rc::Rc;

use mail_proto::sasl::{Authenticated, Identity, Mechanism, Refused, SaslError};

use super::cast::{ALL, Shown};
use super::parts::Answer;

/// What is to happen.
#[derive(Clone, Debug)]
pub struct Plot {
    pub mechanism: Mechanism,
    pub shown: Shown,
    /// Whether an initial response may go into the command line.
    pub initial_response: bool,
    /// The client cancels at this challenge.
    pub cancel_at: Option<usize>,
    /// The server says OK in place of this challenge.
    pub lie_at: Option<usize>,
    /// The server's signature is wrong.
    pub spoil_signature: bool,
}

impl Plot {
    pub fn of(mechanism: &Mechanism, shown: Shown) -> Self {
        Self {
            mechanism: mechanism.clone(),
            shown,
            initial_response: true,
            cancel_at: None,
            lie_at: None,
            spoil_signature: false,
        }
    }

    /// Each mechanism, with and without an initial response in the command line.
    pub fn all(shown: Shown) -> impl Iterator<Item = Self> {
        let each = |initial_response| {
            ALL.into_iter().map(move |name| Self { initial_response, ..Self::of(&name, shown) })
        };
        each(true).chain(each(false))
    }
}

/// What came of an exchange.
#[derive(Debug)]
pub enum Outcome {
    In(Authenticated),
    /// The server said OK, and is not believed.
    Lied(SaslError),
    Refused(Answer, Refused),
    Lost,
}

/// What both applications saw.
#[derive(Default)]
pub struct Book {
    pub outcomes: Vec<Outcome>,
    /// Whom the server let in.
    pub identity: Option<Identity>,
    /// How often an exchange was given up on the server's side.
    pub cancelled: usize,
}

pub type Shared = Rc<RefCell<Book>>;
