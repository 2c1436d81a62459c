//! How servers are known by https: by the certificates of this machine, so that those of one's own network count, too.

use crate::error::Error;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// For requests.
pub fn for_requests() -> Result<TlsConfig, Error> {
    let roots = roots()?.iter().map(|root| Certificate::from_der(root).to_owned()).collect();
    let config = TlsConfig::builder().root_certs(RootCerts::Specific(Arc::new(roots)));
    Ok(config.unversioned_rustls_crypto_provider(provider()).build())
}

/// For the socket of events.
pub fn for_sockets() -> Result<Arc<ClientConfig>, Error> {
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(roots()?);
    let config = ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions();
    let config = config.map_err(|error| Error::Usage(format!("https cannot be spoken here: {error}")))?;
    Ok(Arc::new(config.with_root_certificates(store).with_no_client_auth()))
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn roots() -> Result<Vec<CertificateDer<'static>>, Error> {
    let roots = rustls_native_certs::load_native_certs().certs;
    if roots.is_empty() {
        let sentence =
            "this machine has no certificates to know servers by: install ca-certificates, or set SSL_CERT_FILE";
        return Err(Error::Usage(sentence.into()));
    }
    Ok(roots)
}
