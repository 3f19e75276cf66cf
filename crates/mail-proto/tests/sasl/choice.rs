//! Which mechanism a client takes.

use mail_proto::Security;
use mail_proto::sasl::{
    Anonymous, Bearer, Choice, Credentials, External, Mechanism, NoMechanism, Nonce,
    PasswordCredentials, Prepared, choose,
};

use super::cast::{ALL, channel};

fn choice(security: Security) -> Choice {
    Choice::new(security, Nonce::try_from("nonce").unwrap())
}

fn password() -> Credentials {
    Credentials::Password(PasswordCredentials::new("joe", "secret").unwrap())
}

fn chosen(offered: &[Mechanism], with: &Credentials, how: &Choice) -> Result<String, NoMechanism> {
    choose(offered, with, how).map(|exchange| exchange.mechanism().to_string())
}

/// Takes the best one, removes it from the offer, and so on.
fn ranked(with: &Credentials, how: &Choice) -> Vec<String> {
    let mut offered = ALL.to_vec();
    offered.push(Mechanism::parse(b"GSSAPI").unwrap());
    let mut ranked = Vec::new();
    while let Ok(name) = chosen(&offered, with, how) {
        offered.retain(|offered| offered.to_string() != name);
        ranked.push(name);
    }
    ranked
}

#[test]
fn the_strongest_first() {
    let mut tls = choice(Security::Tls);
    let unbound = ["SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "PLAIN", "LOGIN"];
    assert_eq!(ranked(&password(), &tls), unbound);
    tls.binding = Some(channel());
    let bound = [&["SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS"][..], &unbound].concat();
    assert_eq!(ranked(&password(), &tls), bound);
    let token = Credentials::Token(Bearer::new("joe", "t0ken").unwrap());
    assert_eq!(ranked(&token, &tls), ["OAUTHBEARER", "XOAUTH2"]);
    assert_eq!(ranked(&Credentials::External(External::default()), &tls), ["EXTERNAL"]);
    assert_eq!(ranked(&Credentials::Anonymous(Anonymous::default()), &tls), ["ANONYMOUS"]);
}

#[test]
fn nothing_in_clear_without_tls_unless_it_is_named() {
    let mut plain = choice(Security::Plain);
    assert_eq!(ranked(&password(), &plain), ["SCRAM-SHA-256", "SCRAM-SHA-1"]);
    let token = Credentials::Token(Bearer::new("joe", "t0ken").unwrap());
    assert_eq!(chosen(&ALL, &token, &plain), Err(NoMechanism::TlsRequired(Mechanism::OAUTHBEARER)));
    // Somebody on the line has removed what is better.
    for name in [Mechanism::PLAIN, Mechanism::LOGIN, Mechanism::CRAM_MD5] {
        let offered = std::slice::from_ref(&name);
        let refused = Err(NoMechanism::TlsRequired(name.clone()));
        assert_eq!(chosen(offered, &password(), &plain), refused);
    }
    plain.without_tls.push(Mechanism::LOGIN);
    assert_eq!(ranked(&password(), &plain), ["SCRAM-SHA-256", "SCRAM-SHA-1", "LOGIN"]);
}

#[test]
fn q35_the_order_is_the_callers() {
    let mut tls = choice(Security::Tls);
    tls.order = vec![Mechanism::PLAIN, Mechanism::SCRAM_SHA_1];
    assert_eq!(ranked(&password(), &tls), ["PLAIN", "SCRAM-SHA-1"]);
}

#[test]
fn an_unprepared_password_is_not_hashed() {
    let unprepared = PasswordCredentials::new("joe", "s\u{e9}cret").unwrap();
    let unprepared = Credentials::Password(unprepared);
    let tls = choice(Security::Tls);
    let offered = [Mechanism::SCRAM_SHA_256];
    let Err(NoMechanism::Unsendable { mechanism, error }) = choose(&offered, &unprepared, &tls)
    else {
        panic!("sent");
    };
    assert_eq!((mechanism, error.at), (Mechanism::SCRAM_SHA_256, 1));
    assert_eq!(chosen(&ALL, &unprepared, &tls).unwrap(), "CRAM-MD5");
    // What keeps the best mechanism from being taken is told, not that PLAIN wants TLS.
    let refused = chosen(&ALL, &unprepared, &choice(Security::Plain)).unwrap_err();
    assert!(matches!(refused, NoMechanism::Unsendable { .. }), "{refused}");

    let joe = Prepared::ascii("joe").unwrap();
    let prepared = PasswordCredentials::prepared(&joe, &Prepared::assume("s\u{e9}cret").unwrap());
    let exchange = choose(&offered, &Credentials::Password(prepared), &tls).unwrap();
    assert_eq!(exchange.mechanism(), Mechanism::SCRAM_SHA_256);
}

#[test]
fn acting_as_somebody_else_needs_a_mechanism_with_a_place_for_it() {
    let acting = PasswordCredentials::new("joe", "secret").unwrap().acting_as("ann").unwrap();
    let acting = Credentials::Password(acting);
    let mut tls = choice(Security::Tls);
    assert_eq!(ranked(&acting, &tls), ["SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN"]);
    tls.binding = Some(channel());
    for (offered, initial) in [
        (Mechanism::PLAIN, "ann\0joe\0secret"),
        (Mechanism::SCRAM_SHA_1, "y,a=ann,n=joe,r=nonce"),
        (Mechanism::SCRAM_SHA_1_PLUS, "p=tls-exporter,a=ann,n=joe,r=nonce"),
    ] {
        let mut exchange = choose(&[offered], &acting, &tls).unwrap();
        assert_eq!(exchange.initial().unwrap().expose(), initial);
    }
}

#[test]
fn nothing_fits() {
    let tls = choice(Security::Tls);
    assert_eq!(chosen(&[], &password(), &tls), Err(NoMechanism::NotOffered));
    assert_eq!(chosen(&[Mechanism::EXTERNAL], &password(), &tls), Err(NoMechanism::NotOffered));
    // There is nothing to be bound to.
    let plus = [Mechanism::SCRAM_SHA_256_PLUS];
    assert_eq!(chosen(&plus, &password(), &tls), Err(NoMechanism::NotOffered));
    let nobody = Credentials::Token(Bearer::new("", "t0ken").unwrap());
    let refused = chosen(&[Mechanism::XOAUTH2], &nobody, &tls).unwrap_err();
    assert_eq!(refused.to_string(), "XOAUTH2: at octet 0: expected a user");
}
