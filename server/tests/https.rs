//! TLS inside the binary: the accept loop with the certificate of this folder, which is for tests only.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops there")]

use std::{path::Path, sync::Arc, time::Duration};

use axum::{Router, routing::get};
use rustls_pki_types::{CertificateDer, ServerName, pem::PemObject as _};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::oneshot,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

fn pem(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tls").join(name)
}

/// A browser that trusts the certificate of the tests.
async fn connect(listener: std::net::SocketAddr) -> TlsStream<TcpStream> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(pem("cert.pem")).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let name = ServerName::try_from("bedside.test").unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, TcpStream::connect(listener).await.unwrap()).await.unwrap()
}

#[tokio::test]
async fn a_request_in_flight_is_finished_after_the_program_was_told_to_stop() {
    let (told, stop) = oneshot::channel::<()>();
    let (arrived, arrival) = oneshot::channel::<()>();
    let arrived = Arc::new(std::sync::Mutex::new(Some(arrived)));
    let slow = move || {
        let arrived = arrived.lock().unwrap().take();
        async move {
            arrived.unwrap().send(()).unwrap();
            tokio::time::sleep(Duration::from_millis(300)).await;
            "finished"
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let tls = server::http::tls(&pem("cert.pem"), &pem("key.pem")).unwrap();
    let serving = tokio::spawn(server::http::serve(listener, Router::new().route("/", get(slow)), Some(tls), async {
        drop(stop.await)
    }));

    let mut browser = connect(address).await;
    browser.write_all(b"GET / HTTP/1.1\r\nHost: bedside.test\r\n\r\n").await.unwrap();
    arrival.await.unwrap();
    told.send(()).unwrap();
    let mut answer = Vec::new();
    browser.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("finished"), "{answer}");
    serving.await.unwrap();
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
}

#[test]
fn a_key_in_the_place_of_a_certificate_is_named() {
    let error = server::http::tls(&pem("key.pem"), &pem("key.pem")).err().unwrap().to_string();
    assert!(error.contains("--tls-cert") && error.contains("certificate"), "{error}");
}
