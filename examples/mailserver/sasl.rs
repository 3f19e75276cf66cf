//! Logins by SASL: what the mechanisms ask, and what a list of users answers.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use mail_proto::Secret;
use mail_proto::sasl::scram::{Pretence, ScramHash, ScramKeys, ScramServer};
use mail_proto::sasl::{
    Answer, CramMd5Server, Identity, LoginServer, Mechanism, Nonce, Plain, Prepared, Question,
    ServerExchange, SingleServer, Step, encode_base64,
};
use mailstore_core::store::Account;
use tokio_rustls::rustls::crypto::ring;

use crate::Result;

const ITERATIONS: NonZeroU32 = NonZeroU32::new(4096).unwrap();

/// The users, and what is known of their passwords.
pub struct Users {
    users: BTreeMap<Vec<u8>, User>,
    pretence: Pretence,
}

struct User {
    password: Secret<Vec<u8>>,
    keys: Vec<ScramKeys>,
}

impl Users {
    /// These names and passwords.
    pub fn new(users: &[(String, String)], offers_scram: bool) -> Result<Self> {
        let users = users.iter().map(|(name, password)| {
            let keys = if offers_scram { keys(password)? } else { Vec::new() };
            let password = Secret::new(password.clone().into_bytes());
            Ok((name.clone().into_bytes(), User { password, keys }))
        });
        let pretence = Pretence::new(random::<32>()?.to_vec(), ITERATIONS)?;
        Ok(Self { users: users.collect::<Result<_>>()?, pretence })
    }

    /// The password of a user.
    pub fn password(&self, name: &[u8]) -> Option<&Secret<Vec<u8>>> {
        self.users.get(name).map(|user| &user.password)
    }

    /// AUTH begins.
    pub fn begin(
        &self,
        mechanism: &Mechanism,
        initial: Option<&[u8]>,
    ) -> Result<(ServerExchange, Step)> {
        let scram = |hash| {
            let nonce = Nonce::from_random(&random::<18>()?)?;
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(ScramServer::new(
                hash,
                nonce,
                self.pretence.clone(),
            ))
        };
        Ok(match mechanism.as_bytes() {
            b"SCRAM-SHA-256" => ServerExchange::begin(scram(ScramHash::Sha256)?, initial),
            b"SCRAM-SHA-1" => ServerExchange::begin(scram(ScramHash::Sha1)?, initial),
            b"CRAM-MD5" => {
                let challenge = format!("<{}@localhost>", encode_base64(&random::<18>()?));
                ServerExchange::begin(CramMd5Server::new(challenge)?, initial)
            }
            b"LOGIN" => ServerExchange::begin(LoginServer::default(), initial),
            _ => ServerExchange::begin(SingleServer::<Plain>::default(), initial),
        })
    }

    /// What a mechanism wants to know. Nobody may act for somebody else here.
    pub fn answer(&self, question: &Question) -> Answer {
        let is_same = |who: &[u8], whom: &[u8]| whom.is_empty() || whom == who;
        match question {
            Question::Password(plain) => {
                // An unknown name costs the same comparison as a known one.
                let unknown = Secret::new(Vec::new());
                let password = self.password(plain.authentication()).unwrap_or(&unknown);
                let is_right = password.matches(plain.password().expose());
                match is_right && is_same(plain.authentication(), plain.authorization()) {
                    true => Answer::Accept,
                    false => Answer::Refuse(None),
                }
            }
            Question::PasswordOf { user } => {
                let password = self.password(user);
                Answer::Password(password.map(|it| Secret::new(it.expose().clone().into())))
            }
            Question::KeysOf { hash, user, authorization } => {
                let user = self.users.get(&user[..]).filter(|_| is_same(user, authorization));
                let keys = user.and_then(|user| user.keys.iter().find(|it| it.hash() == *hash));
                Answer::Keys(keys.cloned())
            }
            _ => Answer::Refuse(None),
        }
    }
}

/// Whose maildrop it is.
pub fn account(identity: Identity) -> Option<Account> {
    Account::new(identity.authentication).ok()
}

/// What AUTH offers, the best first.
pub fn mechanisms(all: bool) -> Vec<Mechanism> {
    let others =
        [Mechanism::SCRAM_SHA_256, Mechanism::SCRAM_SHA_1, Mechanism::CRAM_MD5, Mechanism::LOGIN];
    let others = others.into_iter().filter(|_| all);
    others.chain([Mechanism::PLAIN]).collect()
}

/// None for a password that would have to be prepared: SCRAM knows no such user then.
fn keys(password: &str) -> Result<Vec<ScramKeys>> {
    let Ok(password) = Prepared::ascii(password.to_owned()) else { return Ok(Vec::new()) };
    let keys = [ScramHash::Sha1, ScramHash::Sha256]
        .map(|hash| Ok(ScramKeys::derive(hash, &password, random::<16>()?.to_vec(), ITERATIONS)?));
    keys.into_iter().collect()
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut octets = [0; N];
    let generator = ring::default_provider().secure_random;
    generator.fill(&mut octets).map_err(|_| "there are no random numbers")?;
    Ok(octets)
}
