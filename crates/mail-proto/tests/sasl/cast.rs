//! Joe, whose password is `secret` and whose token is `t0ken`, on both sides of every mechanism.

use std::num::NonZeroU32;

use bytes::Bytes;
use mail_proto::Secret;
use mail_proto::sasl::scram::{Pretence, ScramClient, ScramHash, ScramKeys, ScramServer};
use mail_proto::sasl::{
    Anonymous, Answer, Bearer, BindingKind, ChannelBinding, ClientExchange, CramMd5Client,
    CramMd5Server, External, LoginClient, LoginServer, Mechanism, Nonce, OauthClient, OauthKind,
    OauthServer, Plain, Prepared, Question, ServerExchange, SingleServer, Step,
};

pub const ALL: [Mechanism; 11] = [
    Mechanism::PLAIN,
    Mechanism::LOGIN,
    Mechanism::CRAM_MD5,
    Mechanism::EXTERNAL,
    Mechanism::ANONYMOUS,
    Mechanism::OAUTHBEARER,
    Mechanism::XOAUTH2,
    Mechanism::SCRAM_SHA_1,
    Mechanism::SCRAM_SHA_1_PLUS,
    Mechanism::SCRAM_SHA_256,
    Mechanism::SCRAM_SHA_256_PLUS,
];

/// What the client shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shown {
    Right,
    /// Another password, another token, a trace or an identity that is not let in.
    Wrong,
    /// A user who does not exist.
    Unknown,
}

pub fn scram_of(mechanism: &Mechanism) -> Option<(ScramHash, bool)> {
    let all = [ScramHash::Sha1, ScramHash::Sha256].map(|hash| [(hash, false), (hash, true)]);
    all.concat().into_iter().find(|(hash, plus)| hash.mechanism(*plus) == *mechanism)
}

/// What both ends of the channel know.
pub fn channel() -> ChannelBinding {
    ChannelBinding::new(BindingKind::TLS_EXPORTER, vec![7; 32]).unwrap()
}

pub fn ascii(text: &'static str) -> Prepared {
    Prepared::ascii(text).unwrap()
}

pub fn iterations() -> NonZeroU32 {
    NonZeroU32::new(4096).unwrap()
}

pub fn client(mechanism: &Mechanism, shown: Shown) -> ClientExchange {
    let user = if shown == Shown::Unknown { "nobody" } else { "joe" };
    let password = if shown == Shown::Wrong { "wrong" } else { "secret" };
    if let Some((hash, plus)) = scram_of(mechanism) {
        let nonce = Nonce::try_from("client-nonce").unwrap();
        let scram = ScramClient::new(hash, ascii(user), ascii(password), nonce);
        return ClientExchange::new(if plus { scram.bound_to(channel()) } else { scram });
    }
    let token = if shown == Shown::Wrong { "stale" } else { "t0ken" };
    let bearer = || Bearer::new(user, token).unwrap();
    let acting_as = if shown == Shown::Right { "" } else { user };
    match mechanism.as_bytes() {
        b"PLAIN" => ClientExchange::new(Plain::new("", user, password).unwrap()),
        b"LOGIN" => ClientExchange::new(LoginClient::new(user, password).unwrap()),
        b"CRAM-MD5" => ClientExchange::new(CramMd5Client::new(user, password).unwrap()),
        b"EXTERNAL" => ClientExchange::new(External::new(acting_as).unwrap()),
        b"ANONYMOUS" => ClientExchange::new(Anonymous::new(acting_as).unwrap()),
        b"OAUTHBEARER" => {
            let bearer = bearer().at("imap.example.org", 993).unwrap();
            ClientExchange::new(OauthClient::new(OauthKind::OauthBearer, bearer).unwrap())
        }
        b"XOAUTH2" => ClientExchange::new(OauthClient::new(OauthKind::XOauth2, bearer()).unwrap()),
        other => panic!("{other:?}"),
    }
}

pub fn begin(mechanism: &Mechanism, initial: Option<&[u8]>) -> (ServerExchange, Step) {
    if let Some((hash, plus)) = scram_of(mechanism) {
        let nonce = Nonce::try_from("server-nonce").unwrap();
        let pretence = Pretence::new(&b"sixteen octets at least"[..], iterations()).unwrap();
        let scram = ScramServer::new(hash, nonce, pretence);
        let scram = if plus { scram.plus([channel()]) } else { scram.beside_plus() };
        return ServerExchange::begin(scram, initial);
    }
    match mechanism.as_bytes() {
        b"PLAIN" => ServerExchange::begin(SingleServer::<Plain>::default(), initial),
        b"LOGIN" => ServerExchange::begin(LoginServer::default(), initial),
        b"CRAM-MD5" => ServerExchange::begin(CramMd5Server::new("<1.2@host>").unwrap(), initial),
        b"EXTERNAL" => ServerExchange::begin(SingleServer::<External>::default(), initial),
        b"ANONYMOUS" => ServerExchange::begin(SingleServer::<Anonymous>::default(), initial),
        b"OAUTHBEARER" => ServerExchange::begin(OauthServer::new(OauthKind::OauthBearer), initial),
        b"XOAUTH2" => ServerExchange::begin(OauthServer::new(OauthKind::XOauth2), initial),
        other => panic!("{other:?}"),
    }
}

pub const WHY: &[u8] = br#"{"status":"401"}"#;

/// What the server's application knows.
pub fn answer(question: &Question) -> Answer {
    let decide = |is_right| if is_right { Answer::Accept } else { Answer::Refuse(None) };
    match question {
        Question::Password(plain) => {
            decide(plain.authentication() == b"joe" && plain.password().matches(b"secret"))
        }
        Question::External(external) => decide(external.authorization().is_empty()),
        Question::Anonymous(anonymous) => decide(anonymous.trace().is_empty()),
        Question::Token(bearer) => {
            let is_right = bearer.user() == "joe" && bearer.token().matches(b"t0ken");
            let why = Some(Bytes::from_static(WHY));
            if is_right { Answer::Accept } else { Answer::Refuse(why) }
        }
        Question::PasswordOf { user } => {
            let password = Secret::new(Bytes::from_static(b"secret"));
            Answer::Password((user == "joe").then_some(password))
        }
        Question::KeysOf { hash, user, .. } => {
            let salt = &b"0123456789abcdef"[..];
            let keys = || ScramKeys::derive(*hash, &ascii("secret"), salt, iterations()).unwrap();
            Answer::Keys((user == "joe").then(keys))
        }
        other => panic!("{other:?}"),
    }
}

/// Answers the question, if it is one.
pub fn settle(exchange: &mut ServerExchange, step: Step) -> Step {
    match step {
        Step::Ask(question) => exchange.answer(answer(&question)).unwrap(),
        step => step,
    }
}
