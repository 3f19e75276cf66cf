//! What all connections share: users, the store, the configuration.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use mail_proto::{Secret, Text, TlsPolicy};
use mailstore_core::store::{Account, Envelope, MemoryStore, Reply, SessionId, WallTime};
use pop3_proto::server::{Config, Credentials};
use pop3_proto::{Capability, Expire, Timestamp, apop_digest};
use tokio_rustls::TlsAcceptor;

use crate::args::Args;
use crate::sasl::{Users, mechanisms};
use crate::{Result, demo, load};

/// A stream of either kind.
pub type Stream = Box<dyn drive::tokio::Stream>;

/// What all connections share.
pub struct Shared {
    pub config: Arc<Config>,
    pub acceptor: TlsAcceptor,
    pub trace: bool,
    apop: bool,
    pub users: Users,
    store: Mutex<MemoryStore>,
    sessions: AtomicU64,
}

impl Shared {
    pub fn new(args: &Args, acceptor: TlsAcceptor) -> Result<Self> {
        let mut store = MemoryStore::default();
        for (name, _) in &args.users {
            let account = Account::try_from(name.as_str())?;
            if args.load.is_empty() {
                for message in demo::MESSAGES {
                    store.deliver(&account, message.as_bytes(), wall_time())?;
                }
            }
            for (_, path) in args.load.iter().filter(|(user, _)| user == name) {
                for message in load::messages(path)? {
                    store.deliver(&account, &message, wall_time())?;
                }
            }
        }
        Ok(Self {
            config: Arc::new(config(args.sasl)?),
            acceptor,
            trace: args.trace,
            apop: args.apop,
            users: Users::new(&args.users, args.sasl)?,
            store: Mutex::new(store),
            sessions: AtomicU64::new(1),
        })
    }

    /// Does what a session asks of the store.
    pub fn execute(&self, mut envelope: Envelope) -> Reply {
        envelope.now = Some(wall_time());
        // A panic elsewhere does not make the mail unreadable.
        self.store.lock().unwrap_or_else(PoisonError::into_inner).execute(envelope)
    }

    pub fn next_session(&self) -> SessionId {
        SessionId(self.sessions.fetch_add(1, Ordering::Relaxed))
    }

    /// The timestamp of a greeting, unlike that of any other connection.
    pub fn timestamp(&self, session: SessionId) -> Option<Timestamp> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        let text = format!("<{}.{}.{now}@localhost>", std::process::id(), session.0);
        self.apop.then(|| Timestamp::new(text).ok()).flatten()
    }

    /// Whose credentials these are.
    pub fn account(&self, credentials: &Credentials) -> Option<Account> {
        let name = match credentials {
            Credentials::Password { name, .. } | Credentials::Apop { name, .. } => name,
        };
        // An unknown name costs the same comparison as a known one.
        let unknown = Secret::new(Vec::new());
        let known = self.users.password(name.as_bytes());
        let secret = known.unwrap_or(&unknown);
        let matches = match credentials {
            Credentials::Password { password, .. } => secret.matches(password.expose().as_bytes()),
            Credentials::Apop { digest, timestamp, .. } => {
                apop_digest(timestamp, secret.expose()).matches(digest.expose().as_bytes())
            }
        };
        known.filter(|_| matches).and_then(|_| Account::new(name.clone().into_bytes()).ok())
    }
}

fn config(sasl: bool) -> Result<Config> {
    Ok(Config {
        greeting: Text::try_from("mailserver example ready")?,
        stls: true,
        // This is a demonstration on loopback: curl and poplib may log in without TLS.
        tls: TlsPolicy::Optional,
        mechanisms: mechanisms(sasl),
        capabilities: vec![
            Capability::Expire { days: Expire::Never, per_user: false },
            Capability::Implementation(Text::try_from("mailserver-example")?),
        ],
        ..Config::default()
    })
}

fn wall_time() -> WallTime {
    WallTime(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs())
}
