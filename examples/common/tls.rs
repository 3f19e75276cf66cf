//! TLS, and whose certificates are good.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use drive::tokio::Stream;
use mail_proto::sasl::{BindingKind, ChannelBinding};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::client::danger::{
    HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier,
};
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{
    ClientConfig, DigitallySignedStruct, Error, ProtocolVersion, RootCertStore, SignatureScheme,
};

use crate::Result;
use crate::account::Trust;

/// How long a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(30);

/// TLS towards one host.
pub struct Tls {
    connector: TlsConnector,
    name: ServerName<'static>,
}

impl Tls {
    pub fn new(host: &str, trust: &Trust) -> Result<Self> {
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()?;
        let config = match trust {
            Trust::Anyone => builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(Anyone(provider)))
                .with_no_client_auth(),
            _ => builder.with_root_certificates(roots(trust)?).with_no_client_auth(),
        };
        let name = ServerName::try_from(host.to_owned())?;
        Ok(Self { connector: TlsConnector::from(Arc::new(config)), name })
    }

    /// The client's side of a handshake.
    pub async fn connect<S: Stream>(&self, stream: S) -> io::Result<TlsStream<S>> {
        let handshake = self.connector.connect(self.name.clone(), stream);
        tokio::time::timeout(HANDSHAKE, handshake).await?
    }
}

/// What TLS 1.3 gives to bind a login to (RFC 9266). Before TLS 1.3 two connections can be made to give
/// the same.
pub fn binding<S>(stream: &TlsStream<S>) -> Option<ChannelBinding> {
    let (_, connection) = stream.get_ref();
    if connection.protocol_version() != Some(ProtocolVersion::TLSv1_3) {
        return None;
    }
    let label = b"EXPORTER-Channel-Binding";
    let exported = connection.export_keying_material(vec![0; 32], label, Some(b"")).ok()?;
    ChannelBinding::new(BindingKind::TLS_EXPORTER, exported).ok()
}

fn roots(trust: &Trust) -> Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    match trust {
        Trust::These(file) => {
            let failed = |error| format!("{}: {error}", file.display());
            for certificate in CertificateDer::pem_file_iter(file).map_err(failed)? {
                roots.add(certificate.map_err(failed)?)?;
            }
            if roots.is_empty() {
                return Err(format!("{}: there is no certificate in it", file.display()).into());
            }
        }
        _ => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
    }
    Ok(roots)
}

/// Believes whoever answers to be the server.
#[derive(Debug)]
struct Anyone(Arc<CryptoProvider>);

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> std::result::Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
