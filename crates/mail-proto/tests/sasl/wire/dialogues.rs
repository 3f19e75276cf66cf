//! Exchanges that come to their end, and those that do not.

use mail_proto::sasl::scram::ScramHash;
use mail_proto::sasl::{Mechanism, SaslError, ServerProof};

use super::cast::{ALL, Shown, WHY, client, scram_of};
use super::line::{Fate, From, Line};
use super::parts::{
    COMMAND, GIVEN_UP, LOGGED_IN, LOGGED_OUT, OK, is_about_credentials, is_given_up,
};
use super::plot::{Outcome, Plot};

fn run(plot: &Plot) -> Line {
    let mut line = Line::new(plot);
    line.authenticate(|_, _, _| Fate::Arrives);
    line
}

/// The only outcome.
fn outcome(line: &Line) -> Outcome {
    let mut book = line.book.borrow_mut();
    assert_eq!(book.outcomes.len(), 1, "{:?}", book.outcomes);
    book.outcomes.remove(0)
}

/// How many challenges there are in a whole exchange.
fn challenges(plot: &Plot) -> usize {
    let line = run(&Plot { shown: Shown::Right, ..plot.clone() });
    line.said.iter().filter(|(who, said)| *who == From::Server && said.starts_with("+ ")).count()
}

fn speaks_first(mechanism: &Mechanism) -> bool {
    client(mechanism, Shown::Right).initial().is_some()
}

/// The connection takes another exchange, which succeeds.
fn goes_on(mut line: Line, context: &str) {
    assert_eq!(line.client.connection.state(), LOGGED_OUT, "{context}");
    assert_eq!(line.server.connection.state(), LOGGED_OUT, "{context}");
    let plot = &mut line.client_part.0.plot;
    (plot.shown, plot.cancel_at) = (Shown::Right, None);
    line.authenticate(|_, _, _| Fate::Arrives);
    assert!(matches!(outcome(&line), Outcome::In(_)), "{context}");
    assert_eq!(line.client.connection.state(), LOGGED_IN, "{context}");
    assert_eq!(line.server.connection.state(), LOGGED_IN, "{context}");
}

#[test]
fn every_mechanism_logs_in() {
    for plot in Plot::all(Shown::Right) {
        let line = run(&plot);
        let Outcome::In(authenticated) = outcome(&line) else { panic!("{plot:?}") };
        let proof = match scram_of(&plot.mechanism) {
            None => ServerProof::None,
            Some((_, false)) => ServerProof::Credentials,
            Some((_, true)) => ServerProof::CredentialsAndChannel,
        };
        assert_eq!(authenticated.server, proof, "{plot:?}");
        assert!(line.book.borrow().identity.is_some(), "{plot:?}");
        assert_eq!(line.client.connection.state(), LOGGED_IN);
        // The command line has the initial response exactly where it may.
        let first = &line.said[0].1;
        let name = plot.mechanism.to_string();
        assert!(first.starts_with(&format!("{COMMAND} {name}")), "{first}");
        let in_line = speaks_first(&plot.mechanism) && plot.initial_response;
        assert_eq!(first.trim_end().ends_with(&name), !in_line, "{first}");
    }
}

#[test]
fn the_lines_of_scram() {
    let line = run(&Plot::of(&Mechanism::SCRAM_SHA_256, Shown::Right));
    let said: Vec<_> = line.said.iter().map(|(_, said)| said.trim_end()).collect();
    assert_eq!(said[0], format!("{COMMAND} SCRAM-SHA-256 biwsbj1qb2Uscj1jbGllbnQtbm9uY2U="));
    // The signature comes as a challenge, the answer to it is empty (erratum 2689).
    assert!(said[3].starts_with("+ dj"), "{said:?}");
    assert_eq!(said[4], "");
    assert!(said[5].starts_with(OK), "{said:?}");
    assert_eq!(said.len(), 6);
}

#[test]
fn the_wrong_password_and_an_unknown_user_are_refused() {
    for shown in [Shown::Wrong, Shown::Unknown] {
        for plot in Plot::all(shown) {
            let line = run(&plot);
            let Outcome::Refused(answer, refused) = outcome(&line) else { panic!("{plot:?}") };
            assert!(is_about_credentials(&answer), "{plot:?} {answer:?}");
            assert_eq!(refused.error, None, "{plot:?}");
            let tells = [Mechanism::OAUTHBEARER, Mechanism::XOAUTH2].contains(&plot.mechanism);
            assert_eq!(refused.server_error.as_deref(), tells.then_some(WHY), "{plot:?}");
            goes_on(line, &format!("{plot:?}"));
        }
    }
}

#[test]
fn cancelled_at_each_challenge() {
    for plot in Plot::all(Shown::Right) {
        // The connection itself gives the initial response to the first one.
        let own = usize::from(speaks_first(&plot.mechanism) && !plot.initial_response);
        for cancel_at in 0..challenges(&plot) - own {
            let plot = Plot { cancel_at: Some(cancel_at), ..plot.clone() };
            let line = run(&plot);
            let Outcome::Refused(answer, refused) = outcome(&line) else { panic!("{plot:?}") };
            assert_eq!((is_given_up(&answer), refused.error), (true, None), "{plot:?}");
            assert_eq!(line.book.borrow().cancelled, 1, "{plot:?}");
            goes_on(line, &format!("{plot:?}"));
        }
    }
}

/// The n-th line of the client behind the command is no base64.
#[test]
fn broken_base64_of_the_client_at_each_line() {
    for plot in Plot::all(Shown::Right) {
        for broken in 1..run(&plot).turns(From::Client) {
            let mut line = Line::new(&plot);
            line.authenticate(|from, n, _| match (from, n) {
                (From::Client, n) if n == broken => Fate::Becomes("!!!!\r\n".to_owned()),
                _ => Fate::Arrives,
            });
            let Outcome::Refused(answer, _) = outcome(&line) else { panic!("{plot:?}") };
            assert!(is_given_up(&answer), "{plot:?}");
            assert_eq!(line.book.borrow().cancelled, 1, "{plot:?}");
            assert_eq!(line.book.borrow().identity, None, "{plot:?}");
            goes_on(line, &format!("{plot:?} {broken}"));
        }
    }
}

/// The initial response is no base64.
#[test]
fn broken_base64_in_the_command_line() {
    let mut line = Line::new(&Plot::of(&Mechanism::PLAIN, Shown::Right));
    line.authenticate(|from, n, _| match (from, n) {
        (From::Client, 0) => Fate::Becomes(format!("{COMMAND} PLAIN !!!!\r\n")),
        _ => Fate::Arrives,
    });
    let Outcome::Refused(answer, _) = outcome(&line) else { panic!("not refused") };
    assert!(is_given_up(&answer));
    goes_on(line, "command line");
}

/// The n-th challenge is no base64. The first one is chatter (Q32), at any other the exchange is given
/// up.
#[test]
fn broken_base64_of_the_server_at_each_challenge() {
    for plot in Plot::all(Shown::Right) {
        for broken in 0..challenges(&plot) {
            let mut line = Line::new(&plot);
            line.authenticate(|from, n, _| match (from, n) {
                (From::Server, n) if n == broken => Fate::Becomes("+ go ahead!\r\n".to_owned()),
                _ => Fate::Arrives,
            });
            let is_harmless = broken == 0
                && (plot.mechanism == Mechanism::LOGIN || !plot.initial_response)
                && plot.mechanism != Mechanism::CRAM_MD5;
            match outcome(&line) {
                Outcome::In(_) => assert!(is_harmless, "{plot:?} {broken}"),
                Outcome::Refused(answer, _) => {
                    assert!(is_given_up(&answer), "{plot:?} {broken}");
                    assert!(!is_harmless, "{plot:?} {broken}");
                    goes_on(line, &format!("{plot:?} {broken}"));
                }
                other => panic!("{plot:?} {broken}: {other:?}"),
            }
        }
    }
}

#[test]
fn s35_a_wrong_signature_is_not_taken() {
    for hash in [ScramHash::Sha1, ScramHash::Sha256] {
        for plus in [false, true] {
            let plot = Plot::of(&hash.mechanism(plus), Shown::Right);
            let line = run(&Plot { spoil_signature: true, ..plot.clone() });
            let Outcome::Refused(answer, refused) = outcome(&line) else { panic!("{plot:?}") };
            assert!(is_given_up(&answer));
            assert_eq!(refused.error, Some(SaslError::Unverified));
            assert_eq!(line.client.connection.state(), LOGGED_OUT);
            // The server says OK all the same.
            let mut line = Line::new(&Plot { spoil_signature: true, ..plot });
            line.authenticate(|from, _, said| match (from, said.starts_with(GIVEN_UP)) {
                (From::Server, true) => Fate::Becomes(format!("{OK}never mind\r\n")),
                _ => Fate::Arrives,
            });
            let Outcome::Lied(error) = outcome(&line) else { panic!("believed") };
            assert_eq!(error, SaslError::Unverified);
            assert_eq!(line.client.next(), mail_proto::Next::Close);
        }
    }
}

/// The server says OK in place of each challenge.
#[test]
fn s35_success_without_the_rest_of_the_exchange_is_not_taken() {
    for plot in Plot::all(Shown::Right) {
        for lie_at in 0..challenges(&plot) {
            let plot = Plot { lie_at: Some(lie_at), ..plot.clone() };
            let line = run(&plot);
            match (outcome(&line), scram_of(&plot.mechanism)) {
                (Outcome::Lied(error), scram) => {
                    let is_signature = scram.is_some()
                        && lie_at + 1 == challenges(&Plot { lie_at: None, ..plot.clone() });
                    let expected = match is_signature {
                        true => SaslError::Unverified,
                        false => SaslError::Unfinished,
                    };
                    assert_eq!(error, expected, "{plot:?}");
                    assert_eq!(line.client.next(), mail_proto::Next::Close, "{plot:?}");
                }
                // It did not wait for the initial response: a mechanism of one message cannot know.
                (Outcome::In(_), None) => {
                    assert!(!plot.initial_response && speaks_first(&plot.mechanism), "{plot:?}");
                }
                (other, _) => panic!("{plot:?}: {other:?}"),
            }
        }
    }
}

/// The line ends instead of each thing that either side says.
#[test]
fn the_end_of_the_line_at_each_step() {
    for plot in Plot::all(Shown::Right) {
        let whole = run(&plot);
        for who in [From::Client, From::Server] {
            for end in 0..whole.turns(who) {
                let mut line = Line::new(&plot);
                line.authenticate(|from, n, _| match from == who && n == end {
                    true => Fate::End,
                    false => Fate::Arrives,
                });
                assert!(matches!(outcome(&line), Outcome::Lost), "{plot:?} {who:?} {end}");
                let is_last = who == From::Server && end + 1 == whole.turns(who);
                assert_eq!(line.book.borrow().identity.is_some(), is_last, "{plot:?}");
                assert_eq!(line.client.next(), mail_proto::Next::Close);
                assert_eq!(line.server.next(), mail_proto::Next::Close);
            }
        }
    }
}

#[test]
fn there_are_eleven_mechanisms() {
    let names: std::collections::BTreeSet<_> = ALL.into_iter().collect();
    assert_eq!(names.len(), 11);
}
