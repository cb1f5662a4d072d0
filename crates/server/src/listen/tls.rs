//! TLS from two PEM files: the certificate chain and its private key.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        self, ServerConfig,
        crypto::aws_lc_rs,
        pki_types::{
            CertificateDer, PrivateKeyDer,
            pem::{self, PemObject},
        },
    },
    server::TlsStream,
};

/// Why TLS cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A PEM file cannot be read or is not what it should be.
    #[error("`{key}`: {path}: {reason}", path = path.display())]
    File {
        /// The configuration key that names the file.
        key: &'static str,
        /// The file.
        path: PathBuf,
        /// What is wrong with it; never its content.
        reason: String,
    },
    /// The key does not belong to the certificate, or is of a kind that cannot be used.
    #[error("the certificate of `tls.certificate` and the key of `tls.key` cannot be used together: {0}")]
    Pair(rustls::Error),
}

/// A certificate with its key, ready to accept connections: TLS 1.2 and 1.3, HTTP/2 and HTTP/1.1 by ALPN.
#[derive(Clone)]
pub struct Tls(TlsAcceptor);

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tls")
    }
}

impl Tls {
    /// Reads both files.
    ///
    /// # Errors
    /// [`TlsError`], when a file cannot be read, holds no PEM of the right kind, or the two do not fit.
    pub fn load(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let chain = read_chain(certificate)?;
        let key = PrivateKeyDer::from_pem_file(key).map_err(|error| refused("tls.key", key, error))?;
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Pair)?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(TlsError::Pair)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }

    pub(super) async fn accept<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: S) -> io::Result<TlsStream<S>> {
        self.0.accept(stream).await
    }
}

fn read_chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let failed = |error| refused("tls.certificate", path, error);
    let chain: Vec<_> = CertificateDer::pem_file_iter(path).map_err(failed)?.collect::<Result<_, _>>().map_err(failed)?;
    if chain.is_empty() {
        return Err(failed(pem::Error::NoItemsFound));
    }
    Ok(chain)
}

fn refused(key: &'static str, path: &Path, error: pem::Error) -> TlsError {
    let reason = match error {
        pem::Error::NoItemsFound if key == "tls.key" => "holds no PEM private key (PKCS #8, SEC 1 or PKCS #1)".to_owned(),
        pem::Error::NoItemsFound => "holds no PEM certificate".to_owned(),
        pem::Error::Io(error) => error.to_string(),
        _ => "is not well-formed PEM".to_owned(),
    };
    TlsError::File { key, path: path.to_owned(), reason }
}
