//! A client against servers that lie, ask for too much, or do not know the grammar.

use mail_proto::sasl::scram::{ScramClient, ScramHash, ScramLimits, ServerError};
use mail_proto::sasl::{ClientExchange, Mechanism, Nonce, Prepared, SaslError};

use super::cast::{Shown, ascii, client};

fn scram() -> ScramClient {
    let nonce = Nonce::try_from("rOprNGfwEbeRWgbNEkqO").unwrap();
    ScramClient::new(ScramHash::Sha256, ascii("user"), ascii("pencil"), nonce)
}

const FIRST: &str =
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
const LAST: &str = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

/// What a client says to this first message.
fn first(message: &str) -> Result<(), SaslError> {
    let mut exchange = ClientExchange::new(scram());
    exchange.initial();
    let result = exchange.respond(message.as_bytes()).map(drop);
    if let Err(error) = &result {
        // It stays so, whatever else the server says.
        assert_eq!(exchange.respond(LAST.as_bytes()), Err(error.clone()));
        assert_eq!(exchange.succeed(Some(LAST.as_bytes())), Err(error.clone()));
    }
    result
}

/// What a client says to this last message, as a challenge and as data of the success.
fn last(message: &str) -> Result<(), SaslError> {
    let exchange = || {
        let mut exchange = ClientExchange::new(scram());
        exchange.initial();
        exchange.respond(FIRST.as_bytes()).unwrap();
        exchange
    };
    let with_success = exchange().succeed(Some(message.as_bytes())).map(drop);
    let mut exchange = exchange();
    let result = exchange.respond(message.as_bytes()).map(drop);
    assert_eq!(result, with_success);
    assert_eq!(exchange.succeed(None).map(drop), result);
    result
}

fn malformed(at: usize, expected: &'static str) -> Result<(), SaslError> {
    Err(SaslError::Malformed(mail_proto::ParseError::new(at, expected)))
}

#[test]
fn s35_a_work_factor_out_of_bounds_is_refused_before_any_work() {
    // Half an hour of hashing, if it were done.
    for (asked, number) in [
        ("1", 1),
        ("4095", 4095),
        ("100001", 100_001),
        ("2147483647", 2_147_483_647),
        ("4294967296", 1 << 32),
        ("4294971392", (1 << 32) + 4096),
        ("18446744073709551615", u64::MAX),
        ("99999999999999999999999999999999999999", u64::MAX),
    ] {
        let refused = SaslError::Iterations { asked: number, least: 4096, most: 100_000 };
        assert_eq!(first(&FIRST.replace("4096", asked)), Err(refused), "{asked}");
    }
    for (asked, at) in [("1e9", 1), ("0", 0), ("04096", 0), ("-1", 0), ("", 0), ("4096 ", 4)] {
        let expected =
            if at == 0 && !asked.starts_with('-') { "a positive number" } else { "a digit" };
        assert_eq!(first(&FIRST.replace("4096", asked)), malformed(82 + at, expected), "{asked:?}");
    }
}

#[test]
fn the_bounds_are_the_callers() {
    let limits = ScramLimits { min_iterations: 1, max_iterations: 4096, ..ScramLimits::default() };
    for (asked, is_taken) in [("1", true), ("4096", true), ("4097", false)] {
        let mut exchange = ClientExchange::new(scram().with_limits(limits));
        exchange.initial();
        let challenge = FIRST.replace("4096", asked);
        assert_eq!(exchange.respond(challenge.as_bytes()).is_ok(), is_taken, "{asked}");
    }
    let none = ScramLimits { min_iterations: 0, ..limits };
    let mut exchange = ClientExchange::new(scram().with_limits(none));
    exchange.initial();
    assert!(exchange.respond(FIRST.replace("4096", "0").as_bytes()).is_err());
}

#[test]
fn a_nonce_that_does_not_continue_ours() {
    for nonce in ["rOprNGfwEbeRWgbNEkqO", "rOprNGfwEbeRWgbNEkqX%hv", "x", "rOprNGfwEbeRWgbNEkq"] {
        let message = format!("r={nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
        assert_eq!(first(&message), Err(SaslError::Nonce), "{nonce}");
    }
    assert_eq!(first(FIRST), Ok(()));
}

#[test]
fn salts() {
    let with = |salt: &str| first(&FIRST.replace("W22ZaJ0SNY7soEsUEjb6gQ==", salt));
    assert_eq!(with(""), Err(SaslError::Salt { length: 0 }));
    assert_eq!(with("QQ=="), Err(SaslError::Salt { length: 1 }));
    assert_eq!(with("QUE="), Ok(()));
    assert_eq!(with(&"AAAA".repeat(342)), Err(SaslError::Salt { length: 1026 }));
    assert_eq!(with("QUE"), malformed(58, "base64 padding"));
    assert_eq!(with("QU!="), malformed(57, "a base64 character"));
}

#[test]
fn first_messages_that_are_none() {
    let nonce = "r=rOprNGfwEbeRWgbNEkqOx";
    for (message, at, expected) in [
        ("r".to_owned(), 0, "an attribute, ="),
        ("r=".to_owned(), 2, "a nonce (printable characters without comma)"),
        (nonce.to_owned(), 23, "s="),
        (format!("{nonce},"), 24, "an attribute, ="),
        (format!("{nonce},i=4096,s=QUE="), 24, "s="),
        (format!("{nonce},s=QUE="), 30, "i="),
        (format!("{nonce} ,s=QUE=,i=4096"), 23, "a nonce (printable characters without comma)"),
        (format!("{nonce}\0,s=QUE=,i=4096"), 23, "a nonce (printable characters without comma)"),
        (format!("s=QUE=,{nonce},i=4096"), 0, "r="),
        (format!("{nonce},s=QUE=,i=4096,x"), 38, "an attribute, ="),
        (format!("{nonce},s=QUE=,i=4096,x="), 40, "a value"),
        (format!("{nonce},s=QUE=,i=4096,1=x"), 38, "an attribute of one letter"),
        (format!("{nonce},s=QUE=,i=4096,x=\0"), 40, "no NUL, SOH, CR or LF in a credential"),
        ("v=AAAA".to_owned(), 0, "r="),
    ] {
        assert_eq!(first(&message), malformed(at, expected), "{message:?}");
    }
}

#[test]
fn extensions() {
    for message in [format!("m=x,{FIRST}"), format!("{FIRST},m=x"), format!("{FIRST},a=b,m=")] {
        assert_eq!(first(&message), Err(SaslError::MandatoryExtension), "{message}");
    }
    assert_eq!(last(&format!("{LAST},m=x")), Err(SaslError::MandatoryExtension));
    // These need not be understood, but they are signed.
    assert_eq!(first(&format!("{FIRST},x=y,Z=a=b\u{e9}")), Ok(()));
    assert_eq!(last(&format!("{LAST},x=y")), Ok(()));
}

#[test]
fn s35_a_signature_that_is_wrong_or_missing() {
    assert_eq!(last(LAST), Ok(()));
    for wrong in [
        "v=",
        "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G8=",
        "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95A==",
        "v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4AAAA=",
    ] {
        let result = last(wrong);
        assert!(matches!(result, Err(SaslError::Unverified | SaslError::Malformed(_))), "{wrong}");
    }
    assert_eq!(last("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95A=="), Err(SaslError::Unverified));
    assert_eq!(last(""), malformed(0, "an attribute, ="));
    assert_eq!(last("V=AAAA"), malformed(0, "v= or e="));
    assert_eq!(last(FIRST), malformed(0, "v= or e="));
}

#[test]
fn a_server_that_refuses_inside_the_mechanism() {
    for (message, error) in [
        ("e=invalid-proof", ServerError::InvalidProof),
        ("e=unknown-user", ServerError::UnknownUser),
        ("e=of-its-own", ServerError::Unknown("of-its-own".into())),
        ("e=other-error,x=y", ServerError::OtherError),
    ] {
        assert_eq!(last(message), Err(SaslError::Server(error.clone())));
        // Erratum 5271: in the first message too.
        assert_eq!(first(message), Err(SaslError::Server(error)));
        let mut exchange = ClientExchange::new(scram());
        exchange.initial();
        exchange.respond(message.as_bytes()).unwrap_err();
        assert_eq!(exchange.refused().server_error.unwrap(), &message[2..]);
    }
    assert_eq!(last("e="), malformed(2, "an error"));
    let shown = ServerError::Unknown("\x1b[31m\u{202e}".into()).to_string();
    assert!(!shown.contains(['\x1b', '\u{202e}']), "{shown}");
}

#[test]
fn an_empty_challenge_of_cram_md5_would_be_good_for_ever() {
    let mut cram = client(&Mechanism::CRAM_MD5, Shown::Right);
    assert_eq!(cram.respond(b"").map(drop), malformed(0, "a challenge"));
}

#[test]
fn credentials_that_cannot_be_sent_cannot_be_made() {
    use mail_proto::sasl::{Bearer, CramMd5Client, External, LoginClient, PasswordCredentials};
    // S34.
    for bad in ["a\0", "a\x01", "a\r", "a\n"] {
        assert!(LoginClient::new(bad, "p").is_err() && LoginClient::new("u", bad).is_err());
        assert!(CramMd5Client::new(bad, "p").is_err() && CramMd5Client::new("u", bad).is_err());
        assert!(PasswordCredentials::new(bad, "p").is_err());
        assert!(PasswordCredentials::new("u", bad).is_err());
        assert!(PasswordCredentials::new("u", "p").unwrap().acting_as(bad).is_err());
        assert!(Bearer::new(bad, "t").is_err() && Bearer::new("u", bad).is_err());
        assert!(Bearer::new("u", "t").unwrap().at(bad, 1).is_err());
        assert!(External::new(bad).is_err());
        assert!(Prepared::assume(bad).is_err());
        assert!(scram().acting_as(bad).is_err());
    }
}
