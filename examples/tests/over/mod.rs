//! What is seen, and the TLS of all.

pub mod blocking;
pub mod smol;
pub mod tokio;

use std::sync::Arc;

use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{
    ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection,
};

/// What the client of the IMAP session sees, and what the server has got.
pub const IMAP: &[&str] = &[
    "Ok begin TLS negotiation",
    "secured",
    "Ok done",
    "2 messages",
    "Ok selected",
    "message \"Subject: one\\r\\n\\r\\nfirst\\r\\n\"",
    "message \"Subject: two\\r\\n\\r\\n{3}\\r\\n* BYE\\r\\n\"",
    "Ok fetched",
    "Ok appended",
    "idling",
    "Ok idled",
    "Ok bye",
    "closed: Logout",
    "the server has got \"Subject: three\\r\\n\\r\\nA1 LOGOUT\\r\\n\"",
];

/// What the client of the POP3 session sees.
pub const POP3: &[&str] = &[
    "Done(Status { kind: Ok, code: None, text: \"begin TLS negotiation\" })",
    "secured",
    "Done(Status { kind: Ok, code: None, text: \"\" })",
    "Done(Status { kind: Ok, code: None, text: \"\" })",
    "Drop(DropListing { messages: 1, octets: Some(24) })",
    "message \"Subject: dots\\r\\n\\r\\n.\\r\\n..\\r\\n\"",
    "Done(Status { kind: Ok, code: None, text: \"\" })",
    "closed: Quit",
];

pub fn lines(expected: &[&str]) -> Vec<String> {
    expected.iter().map(|line| (*line).to_owned()).collect()
}

/// The line that the server's side adds.
fn kept(kept: Option<String>) -> Option<String> {
    kept.map(|kept| format!("the server has got {kept:?}"))
}

/// Both sides of TLS for `localhost`, with a certificate of their own.
struct Tls {
    client: Arc<ClientConfig>,
    server: Arc<ServerConfig>,
}

impl Tls {
    fn new() -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let certificate: CertificateDer<'static> = made.cert.der().clone();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(certificate.clone()).unwrap();
        let client = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        let server = ServerConfig::builder().with_no_client_auth();
        let server = server.with_single_cert(vec![certificate], key).unwrap();
        Self { client: Arc::new(client), server: Arc::new(server) }
    }

    fn client(&self) -> ClientConnection {
        ClientConnection::new(Arc::clone(&self.client), name()).unwrap()
    }

    fn server(&self) -> ServerConnection {
        ServerConnection::new(Arc::clone(&self.server)).unwrap()
    }
}

fn name() -> ServerName<'static> {
    ServerName::try_from("localhost").unwrap()
}
