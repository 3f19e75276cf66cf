//! Messages there and back, for any fields.

use bytes::Bytes;
use mail_proto::sasl::scram::{ClientFinal, ClientFirst, ServerError, ServerFinal, ServerFirst};
use mail_proto::sasl::{
    Anonymous, Bearer, BindingFlag, BindingKind, CramMd5, External, Gs2Header, Nonce, OauthKind,
    Plain,
};
use proptest::collection::vec;
use proptest::prelude::*;

/// Text that a credential may be: with the characters that mechanisms escape.
fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-c,=@ ]{1,8}", "[^\0\x01\r\n]{1,20}"]
}

fn perhaps_text() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), text()]
}

fn octets() -> impl Strategy<Value = Bytes> {
    let octet = any::<u8>().prop_filter("a separator", |octet| !b"\0\x01\r\n".contains(octet));
    vec(octet, 1..20).prop_map(Bytes::from)
}

fn nonce() -> impl Strategy<Value = Nonce> {
    "[!-+\\--~]{1,40}".prop_map(|nonce| Nonce::new(nonce).unwrap())
}

fn header() -> impl Strategy<Value = Gs2Header> {
    let kind = "[A-Za-z0-9.-]{1,20}".prop_map(|kind| BindingKind::new(kind).unwrap());
    let flag = prop_oneof![
        Just(BindingFlag::Unsupported),
        Just(BindingFlag::NotOffered),
        kind.prop_map(BindingFlag::Bound),
    ];
    (flag, perhaps_text()).prop_map(|(flag, whom)| Gs2Header::new(flag, whom).unwrap())
}

fn bearer() -> impl Strategy<Value = Bearer> {
    let token = prop_oneof![Just(String::new()), "[!-~]{1,60}"];
    let at = proptest::option::of(("[!-~]{1,20}", 1..=u16::MAX));
    (perhaps_text(), token, at).prop_map(|(user, token, at)| {
        let bearer = Bearer::new(user, token).unwrap();
        match at {
            Some((host, port)) => bearer.at(host, port).unwrap(),
            None => bearer,
        }
    })
}

fn server_error() -> impl Strategy<Value = ServerError> {
    let known = "(invalid-proof|other-error|unknown-user|no-resources|channel-bindings-dont-match)";
    prop_oneof![known, "[!-+\\--~]{1,20}"].prop_map(|word| ServerError::parse(word.as_bytes()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn plain(authorization in octets(), user in octets(), password in octets()) {
        for authorization in [Bytes::new(), authorization] {
            let plain = Plain::new(authorization, user.clone(), password.clone()).unwrap();
            prop_assert_eq!(Plain::decode(plain.encode().expose()), Ok(plain));
        }
    }

    #[test]
    fn external_and_anonymous(text in perhaps_text()) {
        let external = External::new(text.clone()).unwrap();
        prop_assert_eq!(External::decode(external.encode().expose()), Ok(external));
        if let Ok(anonymous) = Anonymous::new(text) {
            prop_assert_eq!(Anonymous::decode(anonymous.encode().expose()), Ok(anonymous));
        }
    }

    #[test]
    fn cram_md5(user in octets(), password in octets(), challenge in octets()) {
        let response = CramMd5::new(user, &password, &challenge).unwrap();
        let decoded = CramMd5::decode(response.encode().expose()).unwrap();
        prop_assert!(decoded.is_made_by(&password, &challenge));
        prop_assert!(!decoded.is_made_by(&challenge, b"another"));
        prop_assert_eq!(decoded, response);
    }

    #[test]
    fn oauth(bearer in bearer()) {
        let message = bearer.encode(OauthKind::OauthBearer);
        prop_assert_eq!(Bearer::decode(message.expose(), OauthKind::OauthBearer), Ok(bearer.clone()));
        if !bearer.user().is_empty() {
            let message = bearer.encode(OauthKind::XOauth2);
            let token = bearer.token().expose().clone();
            let decoded = Bearer::decode(message.expose(), OauthKind::XOauth2);
            prop_assert_eq!(decoded, Bearer::new(bearer.user().clone(), token));
        }
    }

    #[test]
    fn scram(
        header in header(),
        user in text(),
        nonce in nonce(),
        salt in vec(any::<u8>(), 0..30),
        iterations in 1..u64::MAX,
        proof in vec(any::<u8>(), 0..40),
        error in server_error(),
    ) {
        let first = ClientFirst::new(header, user, nonce.clone()).unwrap();
        prop_assert_eq!(ClientFirst::decode(&first.encode()), Ok(first.clone()));
        let server = ServerFirst { nonce: nonce.clone(), salt: salt.clone().into(), iterations };
        prop_assert_eq!(ServerFirst::decode(&server.encode()), Ok(server));
        let mut last = ClientFinal::new(salt, nonce);
        last.proof = proof.clone().into();
        prop_assert_eq!(ClientFinal::decode(&last.encode()), Ok(last));
        for end in [ServerFinal::Verifier(proof.into()), ServerFinal::Error(error)] {
            prop_assert_eq!(ServerFinal::decode(&end.encode()), Ok(end));
        }
    }

    /// What is read is written as it was, or as the same thing.
    #[test]
    fn what_is_read_can_be_written(octets in vec(prop_oneof![
        Just(b','), Just(b'='), Just(1), Just(0), Just(b' '),
        prop::sample::select(b"nyparsicmve2CD30authBer".to_vec()), any::<u8>(),
    ], 0..40)) {
        if let Ok(plain) = Plain::decode(&octets) {
            prop_assert_eq!(plain.encode().into_exposed(), &octets[..]);
        }
        if let Ok((header, rest)) = Gs2Header::decode(&octets) {
            let mut written = Vec::new();
            header.encode(&mut written);
            prop_assert_eq!([&written, rest].concat(), &octets[..]);
        }
        if let Ok(first) = ClientFirst::decode(&octets) {
            prop_assert_eq!(first.encode(), &octets[..]);
        }
        if let Ok(last) = ClientFinal::decode(&octets) {
            prop_assert_eq!(ClientFinal::decode(&last.encode()), Ok(last));
        }
        for kind in [OauthKind::OauthBearer, OauthKind::XOauth2] {
            if let Ok(bearer) = Bearer::decode(&octets, kind) {
                let again = Bearer::decode(bearer.encode(kind).expose(), kind);
                prop_assert_eq!(again, Ok(bearer));
            }
        }
    }
}
