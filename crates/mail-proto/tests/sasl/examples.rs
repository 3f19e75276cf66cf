//! The examples of the documents: our client says what theirs says, our server what theirs says.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use bytes::Bytes;
use mail_proto::Secret;
use mail_proto::sasl::scram::{Pretence, ScramClient, ScramKeys, ScramServer};
use mail_proto::sasl::{
    Anonymous, Answer, Bearer, ClientExchange, CramMd5Client, CramMd5Server, External, Mechanism,
    Nonce, OauthClient, OauthKind, OauthServer, Plain, Prepared, Question, ServerExchange,
    SingleServer, Step, decode_base64,
};

use super::cast::scram_of;

#[derive(Default)]
struct Example {
    source: String,
    known: BTreeMap<&'static str, &'static str>,
    /// Who, and what.
    said: Vec<(char, Bytes)>,
    succeeds: bool,
}

fn examples() -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    for line in include_str!("data/examples.txt").lines().filter(|line| !line.starts_with('#')) {
        let (key, value) = line.split_once(' ').unwrap_or((line, ""));
        if key == "=" {
            examples.push(Example { source: value.to_owned(), ..Example::default() });
            continue;
        }
        let Some(example) = examples.last_mut() else { continue };
        match key {
            "C" | "S" => example.said.push((line.chars().next().unwrap(), unescaped(value))),
            "C64" | "S64" => {
                let octets = decode_base64(value.as_bytes()).unwrap();
                example.said.push((line.chars().next().unwrap(), octets.into()));
            }
            "OK" | "NO" => example.succeeds = key == "OK",
            "" => {}
            key => drop(example.known.insert(key, value)),
        }
    }
    examples
}

fn unescaped(text: &str) -> Bytes {
    text.replace("\\0", "\0").replace("\\x01", "\x01").into_bytes().into()
}

impl Example {
    fn is(&self, key: &str) -> &'static str {
        self.known.get(key).copied().unwrap_or_default()
    }

    fn mechanism(&self) -> Mechanism {
        Mechanism::parse(self.is("mechanism").as_bytes()).unwrap()
    }

    fn oauth(&self) -> OauthKind {
        if self.is("mechanism") == "XOAUTH2" { OauthKind::XOauth2 } else { OauthKind::OauthBearer }
    }

    fn client(&self) -> ClientExchange {
        let (user, password) = (self.is("user"), self.is("password"));
        if let Some((hash, false)) = scram_of(&self.mechanism()) {
            let nonce = Nonce::try_from(self.is("nonce")).unwrap();
            let [user, password] = [user, password].map(|text| Prepared::ascii(text).unwrap());
            return ClientExchange::new(ScramClient::new(hash, user, password, nonce));
        }
        match self.is("mechanism") {
            "PLAIN" => {
                let plain = Plain::new(self.is("authorization"), user, password);
                ClientExchange::new(plain.unwrap())
            }
            "CRAM-MD5" => ClientExchange::new(CramMd5Client::new(user, password).unwrap()),
            "ANONYMOUS" => ClientExchange::new(Anonymous::new(self.is("trace")).unwrap()),
            "EXTERNAL" => ClientExchange::new(External::new(self.is("authorization")).unwrap()),
            "OAUTHBEARER" | "XOAUTH2" => {
                let mut bearer = Bearer::new(user, self.is("token")).unwrap();
                if let Ok(port) = self.is("port").parse() {
                    bearer = bearer.at(self.is("host"), port).unwrap();
                }
                ClientExchange::new(OauthClient::new(self.oauth(), bearer).unwrap())
            }
            other => panic!("{other}"),
        }
    }

    fn begin(&self, initial: Option<&[u8]>) -> (ServerExchange, Step) {
        if let Some((hash, false)) = scram_of(&self.mechanism()) {
            let nonce = Nonce::try_from(self.is("server-nonce")).unwrap();
            let one = NonZeroU32::new(1).unwrap();
            let pretence = Pretence::new(vec![0; 16], one).unwrap();
            return ServerExchange::begin(ScramServer::new(hash, nonce, pretence), initial);
        }
        match self.is("mechanism") {
            "PLAIN" => ServerExchange::begin(SingleServer::<Plain>::default(), initial),
            "CRAM-MD5" => {
                let cram = CramMd5Server::new(self.is("challenge")).unwrap();
                ServerExchange::begin(cram, initial)
            }
            "ANONYMOUS" => ServerExchange::begin(SingleServer::<Anonymous>::default(), initial),
            "EXTERNAL" => ServerExchange::begin(SingleServer::<External>::default(), initial),
            _ => ServerExchange::begin(OauthServer::new(self.oauth()), initial),
        }
    }

    fn answer(&self, question: &Question) -> Answer {
        match question {
            Question::PasswordOf { user } => {
                assert_eq!(user, self.is("user"));
                Answer::Password(Some(Secret::new(self.is("password").into())))
            }
            Question::KeysOf { hash, user, .. } => {
                assert_eq!(user, self.is("user"));
                let password = Prepared::ascii(self.is("password")).unwrap();
                let salt = decode_base64(self.is("salt").as_bytes()).unwrap();
                let iterations = self.is("iterations").parse().unwrap();
                let keys = ScramKeys::derive(*hash, &password, salt, iterations);
                Answer::Keys(Some(keys.unwrap()))
            }
            _ if self.succeeds => Answer::Accept,
            _ => Answer::Refuse(self.by('S').next()),
        }
    }

    fn by(&self, side: char) -> impl Iterator<Item = Bytes> {
        self.said.iter().filter(move |(who, _)| *who == side).map(|(_, said)| said.clone())
    }
}

#[test]
fn there_are_all_examples() {
    let examples = examples();
    assert_eq!(examples.len(), 15);
    let base64 = |example: &Example| mail_proto::sasl::encode_base64(&example.said[0].1);
    // The documents show some in both forms.
    assert_eq!(base64(&examples[6]), "biwsbj11c2VyLHI9ZnlrbytkMmxiYkZnT05Sdjlxa3hkYXdM");
}

#[test]
fn our_client_says_what_theirs_says() {
    for example in examples() {
        let source = &example.source;
        let mut client = example.client();
        assert_eq!(client.mechanism(), example.mechanism());
        let mut said = Vec::from_iter(client.initial().map(|initial| initial.into_exposed()));
        for challenge in example.by('S') {
            said.push(client.respond(&challenge).unwrap().into_exposed());
        }
        assert_eq!(said, example.by('C').collect::<Vec<_>>(), "{source}");
        if example.succeeds {
            assert_eq!(client.succeed(None).unwrap().mechanism, example.mechanism(), "{source}");
        } else {
            assert_eq!(client.refused().server_error, example.by('S').next(), "{source}");
        }
    }
}

#[test]
fn our_server_says_what_theirs_says() {
    for example in examples() {
        let source = &example.source;
        let mut responses = example.by('C');
        let speaks_first = example.said[0].0 == 'C';
        let initial = if speaks_first { responses.next() } else { None };
        let (mut server, mut step) = example.begin(initial.as_deref());
        let mut said = Vec::new();
        loop {
            step = match step {
                Step::Challenge(challenge) => {
                    said.push(challenge.into_exposed());
                    server.respond(&responses.next().unwrap()).unwrap()
                }
                Step::Ask(question) => server.answer(example.answer(&question)).unwrap(),
                Step::Accepted(_) => break assert!(example.succeeds, "{source}"),
                Step::Refused(_) => break assert!(!example.succeeds, "{source}"),
            };
        }
        assert_eq!(said, example.by('S').collect::<Vec<_>>(), "{source}");
        assert_eq!(responses.next(), None, "{source}");
    }
}

/// What RFC 7628 prints and erratum 8564 corrects: a header without `a=`.
#[test]
fn an_example_with_an_erratum_is_no_message() {
    let line = "bix1c2VyPXNvbWV1c2VyQGV4YW1wbGUuY29tLAFhdXRoPUJlYXJlciB2RjlkZnQ0cW1UYzJOdmIzUmxja0JoZEhSaGRtbHpkR0V1WTI5dENnPT0BAQ==";
    let message = decode_base64(line.as_bytes()).unwrap();
    let error = Bearer::decode(&message, OauthKind::OauthBearer).unwrap_err();
    assert_eq!(error.to_string(), "at octet 2: expected a= or nothing");
}

/// RFC 7628 section 4.2 is about OAUTH10A, whose token is no bearer's.
#[test]
fn an_example_of_another_mechanism_is_refused() {
    let line = "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9ZXhhbXBsZS5jb20BcG9ydD0xNDMBYXV0aD1PQXV0aCByZWFsbT0iRXhhbXBsZSIsb2F1dGhfY29uc3VtZXJfa2V5PSI5ZGpkajgyaDQ4ZGpzOWQyIixvYXV0aF90b2tlbj0ia2trOWQ3ZGgzazM5c2p2NyIsb2F1dGhfc2lnbmF0dXJlX21ldGhvZD0iSE1BQy1TSEExIixvYXV0aF90aW1lc3RhbXA9IjEzNzEzMTIwMSIsb2F1dGhfbm9uY2U9IjdkOGYzZTRhIixvYXV0aF9zaWduYXR1cmU9IlRtOTBJR0VnY21WaGJDQnphV2R1WVhSMWNtVSUzRCIBAQ==";
    let message = decode_base64(line.as_bytes()).unwrap();
    let error = Bearer::decode(&message, OauthKind::OauthBearer).unwrap_err();
    assert_eq!(error.to_string(), "at octet 53: expected Bearer and a token");
}
