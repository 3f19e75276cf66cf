//! What is to happen in an exchange, and what came of it.
//!
//! The files of this folder are part of the tests of both protocols (`tests/sasl.rs` in each crate), which
//! bring the two applications as `parts`.

use std::cell::RefCell;
use std::rc::Rc;

use bytes::Bytes;
use mail_proto::sasl::{
    Authenticated, ClientExchange, Identity, Mechanism, Refused, SaslError, ServerExchange, Step,
};
use mail_proto::{Connection, Secret};

use super::cast::{self, ALL, Shown, settle};
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

/// What a client's application does, whatever the protocol.
pub struct ClientPlot {
    pub plot: Plot,
    pub book: Shared,
    pub exchange: Option<ClientExchange>,
    challenges: usize,
}

impl ClientPlot {
    pub fn new(plot: &Plot, book: &Shared) -> Self {
        Self { plot: plot.clone(), book: Rc::clone(book), exchange: None, challenges: 0 }
    }

    /// What the command takes with it.
    pub fn begin(&mut self) -> (Mechanism, Option<Secret<Bytes>>) {
        let mut exchange = cast::client(&self.plot.mechanism, self.plot.shown);
        let begun = (exchange.mechanism(), exchange.initial());
        (self.exchange, self.challenges) = (Some(exchange), 0);
        begun
    }

    /// The answer to a challenge, which may be no base64; `None` to cancel.
    pub fn answer(&mut self, challenge: Option<&[u8]>) -> Option<Secret<Bytes>> {
        let number = self.challenges;
        self.challenges += 1;
        let exchange = self.exchange.as_mut().unwrap();
        if self.plot.cancel_at == Some(number) {
            return None;
        }
        match challenge {
            Some(challenge) => exchange.respond(challenge).ok(),
            None => exchange.respond_to_text().ok(),
        }
    }

    /// The server says that it is done.
    pub fn succeed(&mut self, connection: &mut impl Connection) {
        let Some(exchange) = self.exchange.take() else { return };
        let outcome = exchange.succeed(None).map_or_else(Outcome::Lied, Outcome::In);
        if matches!(outcome, Outcome::Lied(_)) {
            connection.close();
        }
        self.book.borrow_mut().outcomes.push(outcome);
    }

    pub fn fail(&mut self, answer: &Answer) {
        let Some(exchange) = self.exchange.take() else { return };
        let outcome = Outcome::Refused(answer.clone(), exchange.refused());
        self.book.borrow_mut().outcomes.push(outcome);
    }

    pub fn lose(&mut self) {
        let lost = self.exchange.take().map(|_| Outcome::Lost);
        self.book.borrow_mut().outcomes.extend(lost);
    }

    pub fn is_over(&self) -> bool {
        self.exchange.is_none() && !self.book.borrow().outcomes.is_empty()
    }
}

/// What a server's application does, whatever the protocol.
pub struct ServerPlot {
    plot: Plot,
    book: Shared,
    exchange: Option<ServerExchange>,
    challenges: usize,
}

/// What a server says.
pub enum Move {
    Challenge(Secret<Bytes>),
    Ok,
    No,
}

impl ServerPlot {
    pub fn new(plot: &Plot, book: &Shared) -> Self {
        Self { plot: plot.clone(), book: Rc::clone(book), exchange: None, challenges: 0 }
    }

    pub fn begin(&mut self, mechanism: &Mechanism, initial: Option<&Secret<Bytes>>) -> Move {
        let initial = initial.map(|initial| &initial.expose()[..]);
        let (exchange, step) = cast::begin(mechanism, initial);
        (self.exchange, self.challenges) = (Some(exchange), 0);
        self.go_on(step)
    }

    pub fn respond(&mut self, data: &Secret<Bytes>) -> Move {
        let step = self.exchange.as_mut().unwrap().respond(data.expose()).unwrap();
        self.go_on(step)
    }

    pub fn cancel(&mut self) {
        self.exchange = None;
        self.book.borrow_mut().cancelled += 1;
    }

    fn go_on(&mut self, step: Step) -> Move {
        let number = self.challenges;
        match settle(self.exchange.as_mut().unwrap(), step) {
            Step::Challenge(_) if self.plot.lie_at == Some(number) => Move::Ok,
            Step::Challenge(challenge) => {
                self.challenges += 1;
                let is_signature = challenge.expose().starts_with(b"v=");
                Move::Challenge(match self.plot.spoil_signature && is_signature {
                    true => Secret::new(Bytes::from_static(b"v=AAAA")),
                    false => challenge,
                })
            }
            Step::Accepted(identity) => {
                self.book.borrow_mut().identity = Some(identity);
                Move::Ok
            }
            Step::Refused(_) => Move::No,
            Step::Ask(question) => panic!("{question:?}"),
        }
    }
}
