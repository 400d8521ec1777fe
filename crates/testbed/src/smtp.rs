//! A mail server on the loopback that keeps what it gets: plain, with STARTTLS or with TLS from the first byte. Tests tell it whom to
//! refuse, whom to put off, and when to hang up.

use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufStream},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;

/// How a connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Not at all.
    Plain,
    /// By STARTTLS, before which it takes nothing else.
    StartTls,
    /// From the first byte.
    Tls,
}

/// What a recipient's messages meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// 550: there is no such mailbox.
    Refuse,
    /// 451 the first time, then it is taken.
    PutOffOnce,
    /// The connection is cut after the whole message, before any answer.
    HangUpAfterData,
    /// The connection is cut before the message itself.
    HangUpBeforeData,
}

/// A message as it came.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The sender of the envelope.
    pub from: String,
    /// The recipients of the envelope.
    pub to: Vec<String>,
    /// Head and body, dots taken off.
    pub data: String,
    /// Whether it came over TLS.
    pub encrypted: bool,
    /// Who had signed in.
    pub user: Option<String>,
    /// The number of the connection, from 1 on.
    pub connection: usize,
}

impl Mail {
    /// A header's value, unfolded; `name` in any case.
    pub fn header(&self, name: &str) -> Option<String> {
        let head = self.data.split("\r\n\r\n").next()?.replace("\r\n ", " ").replace("\r\n\t", " ");
        head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    }
}

#[derive(Default)]
struct Kept {
    mails: Mutex<Vec<Mail>>,
    manners: Mutex<HashMap<String, Manner>>,
    connections: AtomicUsize,
}

struct House {
    security: Security,
    user: Option<(String, String)>,
    pause: Duration,
    tls: TlsAcceptor,
    kept: Arc<Kept>,
}

/// The running server; it ends when this is dropped.
pub struct Smtp {
    /// Where it listens, on 127.0.0.1.
    pub address: SocketAddr,
    kept: Arc<Kept>,
    accepting: JoinHandle<()>,
}

/// The certificate for 127.0.0.1 and localhost that the server shows; it is its own authority.
pub fn certificate() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tls/cert.pem")
}

impl Smtp {
    /// A server that asks nobody to sign in.
    pub async fn start(security: Security) -> Self {
        Self::with(security, None, Duration::ZERO).await
    }

    /// A server; `user` is the name and password without which it takes nothing, `pause` how long it thinks before it says that it
    /// has taken a message.
    ///
    /// # Panics
    /// When there is no port to listen on.
    pub async fn with(security: Security, user: Option<(&str, &str)>, pause: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let kept = Arc::new(Kept::default());
        let user = user.map(|(name, password)| (name.to_owned(), password.to_owned()));
        let house = Arc::new(House { security, user, pause, tls: acceptor(), kept: Arc::clone(&kept) });
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let house = Arc::clone(&house);
                tokio::spawn(async move {
                    let number = house.kept.connections.fetch_add(1, Ordering::Relaxed) + 1;
                    // A client that hangs up ends its own connection only.
                    drop(serve(stream, &house, number).await);
                });
            }
        });
        Self { address, kept, accepting }
    }

    /// What messages to this address meet from now on.
    pub fn treat(&self, address: &str, manner: Manner) {
        self.kept.manners.lock().unwrap_or_else(PoisonError::into_inner).insert(address.to_owned(), manner);
    }

    /// What it has taken so far, in order.
    pub fn mails(&self) -> Vec<Mail> {
        self.kept.mails.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many connections there were.
    pub fn connections(&self) -> usize {
        self.kept.connections.load(Ordering::Relaxed)
    }
}

impl Drop for Smtp {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

fn acceptor() -> TlsAcceptor {
    let chain = vec![CertificateDer::from_pem_file(certificate()).expect("the certificate")];
    let key = PrivateKeyDer::from_pem_file(certificate().with_file_name("key.pem")).expect("its key");
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions of TLS")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("a certificate and its key");
    TlsAcceptor::from(Arc::new(config))
}

trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<W: AsyncRead + AsyncWrite + Unpin + Send> Wire for W {}

async fn serve(stream: TcpStream, house: &House, number: usize) -> io::Result<()> {
    let encrypted = house.security == Security::Tls;
    let stream: Box<dyn Wire> = if encrypted { Box::new(house.tls.accept(stream).await?) } else { Box::new(stream) };
    let mut talk = Talk { wire: BufStream::new(stream), house, number, encrypted, user: None };
    talk.say("220 loopback ready").await?;
    if talk.converse().await? == End::StartTls {
        talk.say("220 go ahead").await?;
        let bare = talk.wire.into_inner();
        let stream: Box<dyn Wire> = Box::new(house.tls.accept(bare).await?);
        let mut talk = Talk { wire: BufStream::new(stream), house, number, encrypted: true, user: None };
        talk.converse().await?;
    }
    Ok(())
}

#[derive(PartialEq, Eq)]
enum End {
    Over,
    StartTls,
}

struct Talk<'h> {
    wire: BufStream<Box<dyn Wire>>,
    house: &'h House,
    number: usize,
    encrypted: bool,
    user: Option<String>,
}

impl Talk<'_> {
    async fn say(&mut self, line: &str) -> io::Result<()> {
        self.wire.write_all(format!("{line}\r\n").as_bytes()).await?;
        self.wire.flush().await
    }

    /// A line without its end; none when the client has hung up.
    async fn line(&mut self) -> io::Result<Option<String>> {
        let mut line = Vec::new();
        let read = self.wire.read_until(b'\n', &mut line).await?;
        Ok((read > 0).then(|| String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned()))
    }

    async fn converse(&mut self) -> io::Result<End> {
        let (mut from, mut to) = (String::new(), Vec::new());
        while let Some(line) = self.line().await? {
            let word = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            let refusal = self.refusal(&word);
            match word.as_str() {
                _ if refusal.is_some() => self.say(refusal.unwrap_or_default()).await?,
                "EHLO" => self.greet().await?,
                "STARTTLS" => return Ok(End::StartTls),
                "AUTH" => self.sign_in(&line).await?,
                "MAIL" => {
                    (from, to) = (address(&line), Vec::new());
                    self.say("250 ok").await?;
                }
                "RCPT" => match self.manner(&address(&line)) {
                    Some(Manner::Refuse) => self.say("550 5.1.1 there is no such mailbox").await?,
                    Some(Manner::PutOffOnce) => {
                        self.forget(&address(&line));
                        self.say("451 4.3.0 try again later").await?;
                    }
                    _ => {
                        to.push(address(&line));
                        self.say("250 ok").await?;
                    }
                },
                "DATA" if to.is_empty() => self.say("503 to whom?").await?,
                "DATA" if self.any(&to, Manner::HangUpBeforeData) => return Ok(End::Over),
                "DATA" => {
                    self.say("354 go on").await?;
                    let Some(data) = self.data().await? else { return Ok(End::Over) };
                    if self.any(&to, Manner::HangUpAfterData) {
                        return Ok(End::Over);
                    }
                    self.keep(&from, &to, data);
                    tokio::time::sleep(self.house.pause).await;
                    self.say("250 2.0.0 taken").await?;
                }
                "RSET" | "NOOP" => self.say("250 ok").await?,
                "QUIT" => {
                    self.say("221 goodbye").await?;
                    return Ok(End::Over);
                }
                _ => self.say("500 what?").await?,
            }
        }
        Ok(End::Over)
    }

    /// Why a command is not taken yet.
    fn refusal(&self, word: &str) -> Option<&'static str> {
        let free = matches!(word, "EHLO" | "STARTTLS" | "QUIT" | "NOOP");
        if self.house.security == Security::StartTls && !self.encrypted && !free {
            return Some("530 5.7.0 STARTTLS first");
        }
        let signing_in = free || word == "AUTH";
        (self.house.user.is_some() && self.user.is_none() && !signing_in).then_some("530 5.7.0 sign in first")
    }

    async fn greet(&mut self) -> io::Result<()> {
        let mut lines = vec!["loopback", "8BITMIME"];
        if self.house.security == Security::StartTls && !self.encrypted {
            lines.push("STARTTLS");
        } else if self.house.user.is_some() {
            lines.push("AUTH PLAIN LOGIN");
        }
        let last = lines.len() - 1;
        for (at, line) in lines.into_iter().enumerate() {
            self.say(&format!("250{}{line}", if at == last { ' ' } else { '-' })).await?;
        }
        Ok(())
    }

    async fn sign_in(&mut self, line: &str) -> io::Result<()> {
        let mut words = line.split(' ').skip(1);
        let (name, password) = match words.next() {
            Some("PLAIN") => {
                let sent = match words.next() {
                    Some(sent) => sent.to_owned(),
                    None => self.challenge("").await?,
                };
                let parts = decoded(&sent);
                let mut parts = parts.split('\0').skip(1).map(str::to_owned);
                (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
            }
            _ => {
                let name = self.challenge("VXNlcm5hbWU6").await?;
                (decoded(&name), decoded(&self.challenge("UGFzc3dvcmQ6").await?))
            }
        };
        if self.house.user.as_ref().is_some_and(|known| *known == (name.clone(), password)) {
            self.user = Some(name);
            return self.say("235 2.7.0 welcome").await;
        }
        self.say("535 5.7.8 wrong name or password").await
    }

    async fn challenge(&mut self, words: &str) -> io::Result<String> {
        self.say(&format!("334 {words}")).await?;
        Ok(self.line().await?.unwrap_or_default())
    }

    /// All up to the line with one dot; none when the client hung up before.
    async fn data(&mut self) -> io::Result<Option<String>> {
        let mut data = String::new();
        while let Some(line) = self.line().await? {
            if line == "." {
                return Ok(Some(data));
            }
            data.push_str(line.strip_prefix('.').unwrap_or(&line));
            data.push_str("\r\n");
        }
        Ok(None)
    }

    fn manner(&self, address: &str) -> Option<Manner> {
        self.house.kept.manners.lock().unwrap_or_else(PoisonError::into_inner).get(address).copied()
    }

    fn forget(&self, address: &str) {
        self.house.kept.manners.lock().unwrap_or_else(PoisonError::into_inner).remove(address);
    }

    fn any(&self, to: &[String], manner: Manner) -> bool {
        to.iter().any(|address| self.manner(address) == Some(manner))
    }

    fn keep(&self, from: &str, to: &[String], data: String) {
        let (encrypted, user, connection) = (self.encrypted, self.user.clone(), self.number);
        let mail = Mail { from: from.to_owned(), to: to.to_vec(), data, encrypted, user, connection };
        self.house.kept.mails.lock().unwrap_or_else(PoisonError::into_inner).push(mail);
    }
}

/// What stands in angle brackets.
fn address(line: &str) -> String {
    line.split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'))
        .map_or_else(String::new, |(inner, _)| inner.to_owned())
}

fn decoded(text: &str) -> String {
    STANDARD.decode(text).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}
