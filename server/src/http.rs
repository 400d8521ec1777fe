//! The accept loop. `axum::serve` sets no time limits, so connections are served here, each with its own.
//!
//! Plain connections speak HTTP/1.1 only and TLS connections what ALPN agreed on, so that no connection waits without
//! a time limit for the first bytes that would tell.

use std::{io, net::SocketAddr, path::Path, pin::Pin, sync::Arc, time::Duration};

use axum::{Router, extract::ConnectInfo, http::Request};
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{
        conn::auto::Builder,
        graceful::{GracefulShutdown, Watcher},
    },
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

/// How long a browser may take to send a request's head, and to agree on TLS.
const HEAD_LIMIT: Duration = Duration::from_secs(10);

/// How long requests in flight may take to finish once the program was told to stop.
const GRACE: Duration = Duration::from_secs(30);

/// Open connections; more wait in the kernel's queue.
const CONNECTIONS: usize = 8192;

/// Why the program cannot speak https as configured.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The certificate file.
    #[error("--tls-cert {0}: {1}; give a PEM file that begins with the server's own certificate")]
    Certificate(String, String),
    /// The key file.
    #[error("--tls-key {0}: {1}; give a PEM file with the private key of the certificate")]
    Key(String, String),
    /// Both can be read and do not go together.
    #[error("--tls-cert and --tls-key do not work together: {0}")]
    Pair(#[from] rustls::Error),
}

/// Reads certificate and key, once, at the start.
///
/// # Errors
///
/// Names the setting and what would be right.
pub fn tls(cert: &Path, key: &Path) -> Result<TlsAcceptor, TlsError> {
    let wrong_cert = |error: String| TlsError::Certificate(cert.display().to_string(), error);
    let chain = CertificateDer::pem_file_iter(cert)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| wrong_cert(error.to_string()))?;
    if chain.is_empty() {
        return Err(wrong_cert("holds no certificate".to_owned()));
    }
    let private = PrivateKeyDer::from_pem_file(key)
        .map_err(|error| TlsError::Key(key.display().to_string(), error.to_string()))?;
    let mut config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, private)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Serves until `stop` resolves, then finishes what is in flight, at most 30 seconds long.
pub async fn serve(listener: TcpListener, router: Router, tls: Option<TlsAcceptor>, stop: impl Future<Output = ()>) {
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            accepted = accept(&listener, &places) => accepted,
        };
        match accepted {
            Ok((stream, peer, place)) => {
                let connection = connection(stream, peer, router.clone(), tls.clone(), graceful.watcher());
                tokio::spawn(async move {
                    connection.await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener);
    tracing::info!("stopping: {} connections are open", graceful.count());
    if timeout(GRACE, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not finish within {} s and were cut off", GRACE.as_secs());
    }
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.map_err(io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    stream.set_nodelay(true)?;
    Ok((stream, peer, place))
}

async fn connection(stream: TcpStream, peer: SocketAddr, router: Router, tls: Option<TlsAcceptor>, watcher: Watcher) {
    let (stream, http2): (Pin<Box<dyn Stream>>, bool) = match tls {
        None => (Box::pin(stream), false),
        Some(tls) => match timeout(HEAD_LIMIT, tls.accept(stream)).await {
            Ok(Ok(stream)) => {
                let http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
                (Box::pin(stream), http2)
            }
            Ok(Err(error)) => return tracing::debug!(%peer, %error, "TLS was not agreed on"),
            Err(_) => return tracing::debug!(%peer, "TLS took too long"),
        },
    };
    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(axum::body::Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_LIMIT);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(Duration::from_secs(20))
        .keep_alive_timeout(HEAD_LIMIT)
        .max_concurrent_streams(100);
    let builder = if http2 { builder.http2_only() } else { builder.http1_only() };
    let serving = builder.serve_connection(TokioIo::new(stream), service).into_owned();
    if let Err(error) = watcher.watch(serving).await {
        tracing::debug!(%peer, error, "a connection ended early");
    }
}

trait Stream: AsyncRead + AsyncWrite + Send {}

impl<S: AsyncRead + AsyncWrite + Send> Stream for S {}

/// Resolves when the program is told to stop: Ctrl-C, or SIGTERM from a service manager.
///
/// # Errors
///
/// When the system does not let the program listen to signals.
pub fn told_to_stop() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
