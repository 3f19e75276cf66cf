//! A server against clients that lie, probe, or do not know the grammar.

use mail_proto::sasl::scram::{ClientFinal, ScramHash, ServerError, ServerFirst};
use mail_proto::sasl::{ClientExchange, Mechanism, Refusal, Step};

use super::cast::{ALL, Shown, begin, client, settle};

const SCRAM: Mechanism = Mechanism::SCRAM_SHA_256;

/// What comes of a client's first message.
fn first(mechanism: &Mechanism, message: &[u8]) -> Step {
    let (mut server, step) = begin(mechanism, Some(message));
    settle(&mut server, step)
}

fn malformed(step: Step) -> String {
    match step {
        Step::Refused(Refusal::Malformed(error)) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn s34_separators_in_any_field_of_any_mechanism() {
    for bad in ["\0", "\x01", "\r", "\n"] {
        let with = |text: &str| text.replace('?', bad).into_bytes();
        for message in ["j?oe\0joe\0secret", "\0j?oe\0secret", "\0joe\0sec?ret", "\0joe\0secret?"] {
            malformed(first(&Mechanism::PLAIN, &with(message)));
        }
        malformed(first(&Mechanism::EXTERNAL, &with("jo?e")));
        malformed(first(&Mechanism::ANONYMOUS, &with("jo?e")));
        for message in ["n,a=j?oe,n=joe,r=x", "n,,n=j?oe,r=x", "n,,n=joe,r=x?", "n,,n=joe,r=x,y=?"]
        {
            malformed(first(&SCRAM, &with(message)));
        }
        if bad != "\x01" {
            malformed(first(&Mechanism::XOAUTH2, &with("user=j?oe\x01auth=Bearer t\x01\x01")));
            malformed(first(&Mechanism::XOAUTH2, &with("user=joe\x01auth=Bearer t?\x01\x01")));
            malformed(first(&Mechanism::OAUTHBEARER, &with("n,a=j?oe,\x01auth=Bearer t\x01\x01")));
            let host = "n,a=joe,\x01host=h?\x01auth=Bearer t\x01\x01";
            malformed(first(&Mechanism::OAUTHBEARER, &with(host)));
        }
        let (mut login, _) = begin(&Mechanism::LOGIN, Some(&with("jo?e")));
        malformed(login.respond(b"secret").unwrap());
        let (mut login, _) = begin(&Mechanism::LOGIN, Some(b"joe"));
        malformed(login.respond(&with("sec?ret")).unwrap());
        let (mut cram, _) = begin(&Mechanism::CRAM_MD5, None);
        malformed(cram.respond(&with("jo?e 00112233445566778899aabbccddeeff")).unwrap());
    }
}

#[test]
fn messages_that_are_none() {
    let nothing: &[u8] = b"";
    for (mechanism, message, expected) in [
        (Mechanism::PLAIN, nothing, "at octet 0: expected three fields divided by NUL"),
        (Mechanism::PLAIN, b"\0\0secret", "at octet 0: expected an identity and a password"),
        (Mechanism::PLAIN, b"ann\0\0secret", "at octet 0: expected an identity and a password"),
        (Mechanism::EXTERNAL, b"jo\xff", "at octet 2: expected UTF-8"),
        (Mechanism::ANONYMOUS, b"\x7f", "at octet 0: expected no control character"),
        (Mechanism::OAUTHBEARER, b"\x01", "at octet 1: expected a comma"),
        (Mechanism::OAUTHBEARER, b"n,,auth=Bearer t\x01\x01", "at octet 3: expected SOH"),
        (Mechanism::OAUTHBEARER, b"n,,\x01\x01", "at octet 4: expected auth="),
        (Mechanism::OAUTHBEARER, b"n,,\x01auth=Bearer t\x01", "at octet 18: expected SOH"),
        (
            Mechanism::OAUTHBEARER,
            b"n,,\x01auth=Basic t\x01\x01",
            "at octet 9: expected Bearer and a token",
        ),
        (
            Mechanism::OAUTHBEARER,
            b"n,,\x01port=0\x01auth=Bearer t\x01\x01",
            "at octet 9: expected a port",
        ),
        (
            Mechanism::OAUTHBEARER,
            b"n,,\x01port=70000\x01auth=Bearer t\x01\x01",
            "at octet 9: expected a port",
        ),
        (
            Mechanism::OAUTHBEARER,
            b"n,,\x01=x\x01auth=Bearer t\x01\x01",
            "at octet 4: expected a key of letters",
        ),
        (
            Mechanism::OAUTHBEARER,
            b"n,,\x01auth=Bearer t\x01auth=Bearer u\x01\x01",
            "at octet 18: expected one auth=",
        ),
        (
            Mechanism::OAUTHBEARER,
            b"p=tls-unique,,\x01auth=Bearer t\x01\x01",
            "at octet 0: expected no channel binding",
        ),
        (
            Mechanism::OAUTHBEARER,
            b"n,,\x01auth=Bearer t t\x01\x01",
            "at octet 17: expected a bearer token",
        ),
        (Mechanism::XOAUTH2, b"user=j\xff\x01auth=Bearer t\x01\x01", "at octet 6: expected UTF-8"),
        (Mechanism::XOAUTH2, b"auth=Bearer t\x01\x01", "at octet 0: expected user="),
        (Mechanism::XOAUTH2, nothing, "at octet 0: expected SOH"),
        (Mechanism::SCRAM_SHA_1, nothing, "at octet 0: expected a comma"),
        (Mechanism::SCRAM_SHA_1, b"x,,n=joe,r=x", "at octet 0: expected n, y or p="),
        (Mechanism::SCRAM_SHA_1, b"n,,r=x,n=joe", "at octet 3: expected n="),
        (Mechanism::SCRAM_SHA_1, b"n,,n=joe", "at octet 8: expected r="),
        (
            Mechanism::SCRAM_SHA_1,
            b"n,,n=joe,r=",
            "at octet 11: expected a nonce (printable characters without comma)",
        ),
        (Mechanism::SCRAM_SHA_1, b"n,,n=,r=x", "at octet 5: expected a name"),
        (Mechanism::SCRAM_SHA_1, b"n,,n=a=2cb,r=x", "at octet 6: expected =2C or =3D"),
        (Mechanism::SCRAM_SHA_1, b"n,,n=\xff,r=x", "at octet 5: expected UTF-8"),
    ] {
        let shown = String::from_utf8_lossy(message).into_owned();
        assert_eq!(malformed(first(&mechanism, message)), expected, "{mechanism} {shown:?}");
    }
    let (mut cram, _) = begin(&Mechanism::CRAM_MD5, None);
    let error = malformed(cram.respond(b"joe 0011").unwrap());
    assert_eq!(error, "at octet 4: expected 32 hexadecimal digits");
}

#[test]
fn extensions() {
    let unsupported = Step::Refused(Refusal::Scram(ServerError::ExtensionsNotSupported));
    for message in ["n,,m=x,n=joe,r=x", "n,,n=joe,r=x,m=y", "n,,n=joe,r=x,a=b,m=y"] {
        assert_eq!(first(&SCRAM, message.as_bytes()), unsupported, "{message}");
    }
    assert!(matches!(first(&SCRAM, b"n,,n=joe,r=x,a=b"), Step::Challenge(_)));
    // Keys of OAUTHBEARER that nobody knows.
    let message = b"n,a=joe,\x01mthd=GET\x01xyz=\x01auth=bEaReR t0ken\x01\x01";
    assert!(matches!(first(&Mechanism::OAUTHBEARER, message), Step::Accepted(_)));
}

/// The exchange up to the client's last message, which is changed.
fn last(change: impl FnOnce(&mut Vec<u8>)) -> Refusal {
    let mut exchange: ClientExchange = client(&SCRAM, Shown::Right);
    let initial = exchange.initial().unwrap();
    let (mut server, step) = begin(&SCRAM, Some(initial.expose()));
    let Step::Challenge(challenge) = settle(&mut server, step) else { panic!("no challenge") };
    let mut message = exchange.respond(challenge.expose()).unwrap().expose().to_vec();
    change(&mut message);
    match server.respond(&message).unwrap() {
        Step::Refused(refusal) => refusal,
        step => panic!("{step:?}"),
    }
}

fn replaced(message: &mut Vec<u8>, what: &str, with: &str) {
    let text = String::from_utf8(message.clone()).unwrap();
    assert!(text.contains(what), "{text}");
    *message = text.replace(what, with).into_bytes();
}

#[test]
fn last_messages_that_do_not_fit() {
    let scram = |error| Refusal::Scram(error);
    let other = last(|message| replaced(message, "server-nonce", "server-nonc3"));
    assert_eq!(other, scram(ServerError::OtherError));
    let other = last(|message| replaced(message, "server-nonce", ""));
    assert_eq!(other, scram(ServerError::OtherError));
    // `y,,` instead of `n,,`.
    let bound = last(|message| replaced(message, "c=biws", "c=eSws"));
    assert_eq!(bound, scram(ServerError::ChannelBindingsDontMatch));
    let extended = last(|message| replaced(message, ",p=", ",m=x,p="));
    assert_eq!(extended, scram(ServerError::ExtensionsNotSupported));
    // An extension need not be understood, but the proof is about it.
    assert_eq!(last(|message| replaced(message, ",p=", ",x=y,p=")), Refusal::Credentials);
    for change in ["", "AAAA"] {
        let cut = |message: &mut Vec<u8>| {
            let proof = ClientFinal::decode(message).unwrap();
            *message = [&proof.without_proof()[..], b",p=", change.as_bytes()].concat();
        };
        assert_eq!(last(cut), Refusal::Credentials, "{change:?}");
    }
    // A proof of the right length with more behind it.
    let longer = |message: &mut Vec<u8>| {
        let mut proof = ClientFinal::decode(message).unwrap();
        proof.proof = [&proof.proof[..], b"x"].concat().into();
        *message = proof.encode();
    };
    assert_eq!(last(longer), Refusal::Credentials);
    for message in ["", "c=biws", "c=biws,r=x", "p=AAAA", "c=!,r=x,p=AAAA", "c=biws,r=x,p=!"] {
        let refusal = last(|bytes| *bytes = message.as_bytes().to_vec());
        assert!(matches!(refusal, Refusal::Malformed(_)), "{message} {refusal:?}");
    }
}

#[test]
fn a_client_that_says_more_behind_the_signature() {
    let mut exchange = client(&SCRAM, Shown::Right);
    let initial = exchange.initial().unwrap();
    let (mut server, step) = begin(&SCRAM, Some(initial.expose()));
    let Step::Challenge(challenge) = settle(&mut server, step) else { panic!("no challenge") };
    let response = exchange.respond(challenge.expose()).unwrap();
    assert!(matches!(server.respond(response.expose()).unwrap(), Step::Challenge(_)));
    assert_eq!(server.respond(b"x").unwrap(), Step::Refused(Refusal::UnexpectedResponse));
}

/// Who does not exist has a salt, his own, and always the same.
#[test]
fn nobody_learns_who_exists() {
    let salt_of = |hash: ScramHash, user: &str| {
        let message = format!("n,,n={user},r=x");
        let step = first(&hash.mechanism(false), message.as_bytes());
        let Step::Challenge(challenge) = step else { panic!("{step:?}") };
        let first = ServerFirst::decode(challenge.expose()).unwrap();
        assert_eq!(first.nonce.as_bytes(), b"xserver-nonce");
        (first.salt, first.iterations)
    };
    for hash in [ScramHash::Sha1, ScramHash::Sha256] {
        let nobody = salt_of(hash, "nobody");
        assert_eq!(salt_of(hash, "nobody"), nobody);
        let someone = salt_of(hash, "someone");
        assert_ne!(someone.0, nobody.0);
        let joe = salt_of(hash, "joe");
        assert_eq!((joe.0.len(), joe.1), (nobody.0.len(), nobody.1));
    }
}

/// Nothing that a client says makes a server panic, or lets anybody in.
#[test]
fn any_octets() {
    let alphabet = b"\0\x01n,=pyarcm:e vs\xff";
    let mut random = 1_u64;
    for mechanism in ALL {
        for _ in 0..3000 {
            let mut message = Vec::new();
            for _ in 0..(random >> 40) % 14 {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                message.push(alphabet[(random >> 33) as usize % alphabet.len()]);
            }
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let guests = mechanism == Mechanism::ANONYMOUS || mechanism == Mechanism::EXTERNAL;
            let (mut server, step) = begin(&mechanism, Some(&message));
            let step = settle(&mut server, step);
            let is_in = matches!(step, Step::Accepted(_));
            assert_eq!(is_in, guests && message.is_empty(), "{mechanism} {message:?}");
            if let Step::Challenge(_) = step {
                let step = server.respond(&message).unwrap();
                assert!(!matches!(settle(&mut server, step), Step::Accepted(_)));
            }
        }
    }
}
