//! CRAM-MD5: a keyed digest of what the server chose (RFC 2195).

use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use md5::Md5;

use super::field::filled;
use super::server::OTHER_ANSWER;
use super::{
    Answer, ClientMechanism, Identity, Mechanism, Question, Refusal, SaslError, ServerMechanism,
    ServerProof, Step,
};
use crate::{ParseError, Secret, SendError, hexadecimal};

/// The response of CRAM-MD5: a user and 32 hexadecimal digits.
///
/// RFC 2195 section 2: the user, a space, HMAC-MD5 of the challenge under the password, in small
/// letters. A user may contain spaces.
///
/// ```
/// use mail_proto::Secret;
/// use mail_proto::sasl::CramMd5;
///
/// let challenge = b"<1896.697170952@postoffice.reston.mci.net>";
/// let response = CramMd5::new("tim", b"tanstaaftanstaaf", challenge).unwrap();
/// assert_eq!(response.encode().expose(), "tim b913a602c7eda7a495b4e6e7334d3890");
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CramMd5 {
    user: Bytes,
    digest: Secret<Bytes>,
}

impl CramMd5 {
    /// What a user with this password answers to a challenge.
    ///
    /// # Errors
    ///
    /// The user is empty or holds NUL, SOH, CR or LF.
    pub fn new(
        user: impl Into<Bytes>,
        password: &[u8],
        challenge: &[u8],
    ) -> Result<Self, ParseError> {
        let user = user.into();
        filled(&user, "a user")?;
        Ok(Self { user, digest: digest(password, challenge) })
    }

    /// Reads a response. The digits may be capitals.
    ///
    /// # Errors
    ///
    /// There is no user, or no digest of 32 hexadecimal digits behind the last space.
    pub fn decode(response: &[u8]) -> Result<Self, ParseError> {
        let space = response.iter().rposition(|octet| *octet == b' ');
        let space = space.ok_or(ParseError::new(response.len(), "a user, a space, a digest"))?;
        let (user, digits) = response.split_at_checked(space).unwrap_or_default();
        let digits = digits.get(1..).unwrap_or_default();
        filled(user, "a user")?;
        if digits.len() != 32 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(ParseError::new(space.saturating_add(1), "32 hexadecimal digits"));
        }
        let digest = Secret::new(digits.to_ascii_lowercase().into());
        Ok(Self { user: Bytes::copy_from_slice(user), digest })
    }

    /// Writes the response.
    #[must_use]
    pub fn encode(&self) -> Secret<Bytes> {
        Secret::new([&self.user[..], b" ", self.digest.expose()].concat().into())
    }

    /// The user.
    #[must_use]
    pub const fn user(&self) -> &Bytes {
        &self.user
    }

    /// Whether the password and the challenge give this digest, in constant time.
    #[must_use]
    pub fn is_made_by(&self, password: &[u8], challenge: &[u8]) -> bool {
        self.digest.matches(digest(password, challenge).expose())
    }
}

/// HMAC-MD5 in hexadecimal digits.
fn digest(password: &[u8], challenge: &[u8]) -> Secret<Bytes> {
    let Ok(mut mac) = Hmac::<Md5>::new_from_slice(password) else {
        unreachable!("HMAC takes keys of any length")
    };
    mac.update(challenge);
    Secret::new(hexadecimal(mac.finalize().into_bytes()).collect())
}

/// The client of CRAM-MD5.
///
/// It hides the password from an eavesdropper who does not guess it, proves nothing of the server, and
/// makes the server keep the password itself: where there is TLS, PLAIN is no worse.
#[derive(Clone, Debug)]
pub struct CramMd5Client {
    user: Bytes,
    password: Secret<Bytes>,
    is_answered: bool,
}

impl CramMd5Client {
    /// For this user.
    ///
    /// # Errors
    ///
    /// Either is empty or holds NUL, SOH, CR or LF.
    pub fn new(user: impl Into<Bytes>, password: impl Into<Bytes>) -> Result<Self, ParseError> {
        let (user, password) = (user.into(), password.into());
        filled(&user, "a user and a password")?;
        filled(&password, "a user and a password")?;
        Ok(Self { user, password: Secret::new(password), is_answered: false })
    }
}

impl ClientMechanism for CramMd5Client {
    fn mechanism(&self) -> Mechanism {
        Mechanism::CRAM_MD5
    }

    fn initial(&mut self) -> Option<Secret<Bytes>> {
        None
    }

    fn step(&mut self, challenge: &[u8]) -> Result<Secret<Bytes>, SaslError> {
        if self.is_answered {
            return Err(SaslError::UnexpectedChallenge);
        }
        if challenge.is_empty() {
            // What it answers could be used again and again.
            return Err(ParseError::new(0, "a challenge").into());
        }
        self.is_answered = true;
        Ok(CramMd5::new(self.user.clone(), self.password.expose(), challenge)?.encode())
    }

    fn finish(&mut self, _: Option<&[u8]>) -> Result<ServerProof, SaslError> {
        if self.is_answered { Ok(ServerProof::None) } else { Err(SaslError::Unfinished) }
    }
}

/// The server of CRAM-MD5.
#[derive(Clone, Debug)]
pub struct CramMd5Server {
    challenge: Bytes,
    state: State,
}

#[derive(Clone, Debug)]
enum State {
    New,
    Challenged,
    Asked(CramMd5),
    Over,
}

impl CramMd5Server {
    /// With a challenge that has never been used: a msg-id of random digits, the time, the host name.
    ///
    /// # Errors
    ///
    /// It is empty or holds NUL, SOH, CR or LF.
    pub fn new(challenge: impl Into<Bytes>) -> Result<Self, ParseError> {
        let challenge = challenge.into();
        filled(&challenge, "a challenge")?;
        Ok(Self { challenge, state: State::New })
    }
}

impl ServerMechanism for CramMd5Server {
    fn mechanism(&self) -> Mechanism {
        Mechanism::CRAM_MD5
    }

    fn respond(&mut self, response: Option<&[u8]>) -> Step {
        match (&self.state, response) {
            (State::New, None) => {
                self.state = State::Challenged;
                Step::Challenge(Secret::new(self.challenge.clone()))
            }
            (State::Challenged, Some(response)) => match CramMd5::decode(response) {
                Ok(response) => {
                    let user = response.user.clone();
                    self.state = State::Asked(response);
                    Step::Ask(Question::PasswordOf { user })
                }
                Err(error) => self.refuse(error.into()),
            },
            // The client speaks first where it must not (RFC 4422 section 5).
            _ => self.refuse(Refusal::UnexpectedResponse),
        }
    }

    fn answer(&mut self, answer: Answer) -> Result<Step, SendError> {
        let State::Asked(response) = &self.state else { return Err(OTHER_ANSWER) };
        let Answer::Password(password) = answer else { return Err(OTHER_ANSWER) };
        // Computed for nobody too, so that the time does not tell who exists.
        let is_known = password.is_some();
        let password = password.unwrap_or_else(|| Secret::new(Bytes::new()));
        let is_right = response.is_made_by(password.expose(), &self.challenge);
        if !(is_right && is_known) {
            return Ok(self.refuse(Refusal::Credentials));
        }
        let authentication = response.user.clone();
        self.state = State::Over;
        Ok(Step::Accepted(Identity { authentication, authorization: Bytes::new() }))
    }
}

impl CramMd5Server {
    fn refuse(&mut self, refusal: Refusal) -> Step {
        self.state = State::Over;
        Step::Refused(refusal)
    }
}
