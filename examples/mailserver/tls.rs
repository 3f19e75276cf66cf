//! TLS: a certificate from files, or one made at start.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::server::TlsStream;

use crate::Result;

/// How long a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(30);

/// The certificate of these files, or a self-signed one for localhost.
pub fn acceptor(cert: Option<&Path>, key: Option<&Path>) -> Result<TlsAcceptor> {
    let (chain, key) = match (cert, key) {
        (Some(cert), Some(key)) => {
            let chain =
                CertificateDer::pem_file_iter(cert)?.collect::<std::result::Result<_, _>>()?;
            (chain, PrivateKeyDer::from_pem_file(key)?)
        }
        (None, None) => {
            let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
            let made = rcgen::generate_simple_self_signed(names)?;
            let key = PrivateKeyDer::try_from(made.signing_key.serialize_der())?;
            (vec![made.cert.der().clone()], key)
        }
        _ => return Err("--tls-cert and --tls-key go together".into()),
    };
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// The server's side of a handshake.
pub async fn accept<S: AsyncRead + AsyncWrite + Unpin>(
    acceptor: &TlsAcceptor,
    stream: S,
) -> io::Result<TlsStream<S>> {
    tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await?
}
