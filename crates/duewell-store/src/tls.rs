//! TLS towards PostgreSQL: used when the address asks for it (`sslmode=require`) or the server offers it.

use std::sync::Arc;

use tokio_postgres_rustls::MakeRustlsConnect;

/// Trusts the web's certificate authorities and those of the operating system.
pub(crate) fn connector() -> MakeRustlsConnect {
    let mut roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    for certificate in rustls_native_certs::load_native_certs().certs {
        // A certificate that cannot be parsed is one that is not trusted.
        let _ = roots.add(certificate);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider has the default protocol versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    MakeRustlsConnect::new(config)
}
