//! Both sides of every mechanism against each other, without a protocol around them.

use bytes::Bytes;
use mail_proto::SendError;
use mail_proto::sasl::scram::ScramHash;
use mail_proto::sasl::{
    Answer, ClientExchange, Identity, Mechanism, Refusal, SaslError, ServerExchange, ServerProof,
    Step,
};

use super::cast::{ALL, Shown, WHY, begin, client, scram_of, settle};

/// What each side said, from the client's first message on, and how the server ended it.
fn run(client: &mut ClientExchange, with_initial: bool) -> (Vec<Bytes>, Step) {
    let mechanism = client.mechanism();
    let initial = if with_initial { client.initial() } else { None };
    let initial = initial.map(|initial| initial.into_exposed());
    let mut said = Vec::from_iter(initial.clone());
    let (mut server, mut step) = begin(&mechanism, initial.as_deref());
    loop {
        step = match settle(&mut server, step) {
            Step::Challenge(challenge) => {
                let response = client.respond(challenge.expose()).unwrap();
                said.extend([challenge.into_exposed(), response.expose().clone()]);
                server.respond(response.expose()).unwrap()
            }
            step => return (said, step),
        };
    }
}

fn proof(mechanism: &Mechanism) -> ServerProof {
    match scram_of(mechanism) {
        None => ServerProof::None,
        Some((_, false)) => ServerProof::Credentials,
        Some((_, true)) => ServerProof::CredentialsAndChannel,
    }
}

fn identity(mechanism: &Mechanism) -> Identity {
    let (authentication, authorization) = match mechanism.as_bytes() {
        b"ANONYMOUS" => ("anonymous", ""),
        b"EXTERNAL" => ("", ""),
        b"OAUTHBEARER" | b"XOAUTH2" => ("", "joe"),
        _ => ("joe", ""),
    };
    Identity { authentication: authentication.into(), authorization: authorization.into() }
}

#[test]
fn the_right_credentials_log_in_with_and_without_an_initial_response() {
    for mechanism in ALL {
        for with_initial in [true, false] {
            let mut client = client(&mechanism, Shown::Right);
            let (_, end) = run(&mut client, with_initial);
            assert_eq!(end, Step::Accepted(identity(&mechanism)), "{mechanism}");
            let authenticated = client.succeed(None).unwrap();
            assert_eq!(authenticated.mechanism, mechanism);
            assert_eq!(authenticated.server, proof(&mechanism), "{mechanism}");
        }
    }
}

#[test]
fn wrong_credentials_and_unknown_users_are_refused_alike() {
    for mechanism in ALL {
        for shown in [Shown::Wrong, Shown::Unknown] {
            let mut client = client(&mechanism, shown);
            let (_, end) = run(&mut client, true);
            assert_eq!(end, Step::Refused(Refusal::Credentials), "{mechanism} {shown:?}");
            let refused = client.refused();
            assert_eq!((refused.mechanism.clone(), refused.error), (mechanism.clone(), None));
            let told = matches!(mechanism.as_bytes(), b"OAUTHBEARER" | b"XOAUTH2");
            assert_eq!(refused.server_error.as_deref(), told.then_some(WHY), "{mechanism}");
        }
    }
}

#[test]
fn success_behind_a_refusal_of_the_token_is_none() {
    for mechanism in [Mechanism::OAUTHBEARER, Mechanism::XOAUTH2] {
        let mut client = client(&mechanism, Shown::Wrong);
        let (said, _) = run(&mut client, true);
        let dummy: &[u8] = if mechanism == Mechanism::XOAUTH2 { b"" } else { b"\x01" };
        assert_eq!(said[1..], [Bytes::from_static(WHY), Bytes::from_static(dummy)]);
        assert_eq!(client.succeed(None), Err(SaslError::Contradiction));
    }
}

#[test]
fn a_server_that_ignores_the_initial_response_is_given_it_again() {
    for mechanism in ALL {
        let mut client = client(&mechanism, Shown::Right);
        let Some(initial) = client.initial() else { continue };
        assert_eq!(client.initial(), None);
        assert_eq!(client.respond(b"").unwrap(), initial, "{mechanism}");
        // But not for ever.
        let scram = scram_of(&mechanism).is_some();
        let oauth = matches!(mechanism.as_bytes(), b"OAUTHBEARER" | b"XOAUTH2");
        match client.respond(b"") {
            Ok(response) => assert!(oauth && response != initial, "{mechanism}"),
            Err(SaslError::Malformed(_)) => assert!(scram, "{mechanism}"),
            Err(error) => assert_eq!(error, SaslError::UnexpectedChallenge, "{mechanism}"),
        }
    }
}

/// At each place of the exchange the server says OK instead of going on.
#[test]
fn s35_success_that_comes_too_early_is_none() {
    for mechanism in ALL {
        let (said, _) = run(&mut client(&mechanism, Shown::Right), true);
        let speaks_first = client(&mechanism, Shown::Right).initial().is_some();
        let challenges: Vec<_> = said.iter().skip(usize::from(speaks_first)).step_by(2).collect();
        for until in 0..challenges.len() {
            let mut client = client(&mechanism, Shown::Right);
            client.initial();
            for challenge in &challenges[..until] {
                client.respond(challenge).unwrap();
            }
            let expected = match (scram_of(&mechanism), until) {
                (Some(_), 1) => SaslError::Unverified,
                _ => SaslError::Unfinished,
            };
            assert_eq!(client.succeed(None), Err(expected), "{mechanism} {until}");
        }
        // Before anything has been said.
        let client = client(&mechanism, Shown::Right);
        assert_eq!(client.succeed(None), Err(SaslError::Unfinished), "{mechanism}");
    }
}

#[test]
fn a_challenge_behind_the_end_is_an_error_that_stays() {
    for mechanism in ALL {
        let mut client = client(&mechanism, Shown::Right);
        let (_, end) = run(&mut client, true);
        assert!(matches!(end, Step::Accepted(_)));
        if matches!(mechanism.as_bytes(), b"OAUTHBEARER" | b"XOAUTH2") {
            client.respond(b"{}").unwrap();
        }
        for _ in 0..2 {
            assert_eq!(client.respond(b"x"), Err(SaslError::UnexpectedChallenge), "{mechanism}");
        }
        assert_eq!(client.succeed(None), Err(SaslError::UnexpectedChallenge), "{mechanism}");
    }
}

#[test]
fn a_response_behind_the_end_and_answers_out_of_turn_change_nothing() {
    let state = |result: Result<Step, SendError>| {
        assert!(matches!(result, Err(SendError::State { .. })), "{result:?}");
    };
    for mechanism in ALL {
        let mut client = client(&mechanism, Shown::Right);
        let initial = client.initial().map(|initial| initial.into_exposed());
        let (mut server, mut step) = begin(&mechanism, initial.as_deref());
        loop {
            step = match step {
                Step::Challenge(challenge) => {
                    state(server.answer(Answer::Accept));
                    let response = client.respond(challenge.expose()).unwrap();
                    server.respond(response.expose()).unwrap()
                }
                Step::Ask(question) => {
                    state(server.respond(b"x"));
                    let answer = super::cast::answer(&question);
                    let other = match answer {
                        Answer::Accept => Answer::Password(None),
                        _ => Answer::Accept,
                    };
                    state(server.answer(other));
                    server.answer(answer).unwrap()
                }
                Step::Accepted(_) => break,
                step => panic!("{mechanism}: {step:?}"),
            };
        }
        state(server.respond(b""));
        state(server.answer(Answer::Accept));
    }
}

#[test]
fn a_client_that_speaks_first_where_it_must_not_is_refused() {
    let (_, step) = begin(&Mechanism::CRAM_MD5, Some(b"joe 00"));
    assert_eq!(step, Step::Refused(Refusal::UnexpectedResponse));
    // LOGIN takes a name.
    let (mut server, step) = begin(&Mechanism::LOGIN, Some(b"joe"));
    assert!(matches!(step, Step::Challenge(prompt) if prompt.expose() == "Password:"));
    let step = server.respond(b"secret").unwrap();
    assert!(matches!(settle(&mut server, step), Step::Accepted(_)));
}

#[test]
fn q33_prompts_of_login_are_not_read() {
    for (first, second) in
        [("User Name\0", "Password\0"), ("Username:", "Password:"), ("", ""), ("Password", "User")]
    {
        let mut client = client(&Mechanism::LOGIN, Shown::Right);
        assert_eq!(client.initial(), None);
        assert_eq!(client.respond(first.as_bytes()).unwrap().expose(), "joe");
        assert_eq!(client.respond(second.as_bytes()).unwrap().expose(), "secret");
        assert!(client.succeed(None).is_ok());
    }
}

#[test]
fn data_may_come_with_the_success() {
    for hash in [ScramHash::Sha1, ScramHash::Sha256] {
        let mechanism = hash.mechanism(false);
        let (said, _) = run(&mut client(&mechanism, Shown::Right), true);
        for (data, expected) in [
            (Some(&said[3][..]), Ok(ServerProof::Credentials)),
            (Some(b"v=AAAA"), Err(SaslError::Unverified)),
            (Some(b""), Err(mail_proto::ParseError::new(0, "an attribute, =").into())),
            (None, Err(SaslError::Unverified)),
        ] {
            let mut client = client(&mechanism, Shown::Right);
            assert_eq!(client.initial().unwrap().expose(), &said[0]);
            assert_eq!(client.respond(&said[1]).unwrap().expose(), &said[2]);
            assert_eq!(client.succeed(data).map(|it| it.server), expected);
        }
    }
}

#[test]
fn nothing_secret_is_shown() {
    let mut shown = String::new();
    for mechanism in ALL {
        let mut client = client(&mechanism, Shown::Right);
        let initial = client.initial().map(|initial| initial.into_exposed());
        let (mut server, mut step) = begin(&mechanism, initial.as_deref());
        loop {
            shown += &format!("{step:?} {client:?} {server:?}\n");
            step = match step {
                Step::Challenge(challenge) => {
                    let response = client.respond(challenge.expose()).unwrap();
                    shown += &format!("{response:?}");
                    server.respond(response.expose()).unwrap()
                }
                Step::Ask(question) => {
                    let answer = super::cast::answer(&question);
                    shown += &format!("{answer:?}");
                    server.answer(answer).unwrap()
                }
                _ => break,
            };
        }
    }
    assert!(shown.contains("<hidden>"));
    for secret in ["secret", "t0ken", "c2VjcmV0"] {
        assert!(!shown.contains(secret), "{secret} is shown");
    }
    fn is_send<T: Send>() {}
    is_send::<(ClientExchange, ServerExchange)>();
}

#[test]
fn q32_text_stands_for_the_first_challenge_only() {
    let text = mail_proto::ParseError::new(0, "a challenge in base64");
    for mechanism in ALL {
        // Nothing has been said.
        let mut fresh = client(&mechanism, Shown::Right);
        let initial = client(&mechanism, Shown::Right).initial();
        let answer = fresh.respond_to_text();
        match mechanism.as_bytes() {
            b"LOGIN" => assert_eq!(answer.unwrap().expose(), "joe"),
            // There is nothing to make a digest of.
            b"CRAM-MD5" => assert!(matches!(answer, Err(SaslError::Malformed(_)))),
            _ => assert_eq!(Some(answer.unwrap()), initial, "{mechanism}"),
        }
        if mechanism == Mechanism::CRAM_MD5 {
            continue;
        }
        assert_eq!(fresh.respond_to_text(), Err(SaslError::Malformed(text)), "{mechanism}");
        assert_eq!(fresh.succeed(None), Err(SaslError::Malformed(text)), "{mechanism}");
    }
}
