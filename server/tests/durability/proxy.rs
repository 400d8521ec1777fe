//! A wire between the program and its database that can be cut in two ways, and mended.

use std::{
    io::{self, Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

/// The wire. Its threads end with it.
pub(crate) struct Proxy {
    /// Where the program finds its database.
    pub(crate) address: SocketAddr,
    state: Arc<Mutex<State>>,
}

struct State {
    listener: Option<TcpListener>,
    links: Vec<Link>,
    silent: bool,
    ended: bool,
}

/// One connection: both ends, and whether what is sent over it vanishes. Once it does, it does for good.
struct Link {
    ends: [TcpStream; 2],
    silent: Arc<AtomicBool>,
}

impl Proxy {
    pub(crate) fn to(upstream: String) -> Self {
        let listener = listen("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = listener.local_addr().unwrap();
        let state = State { listener: Some(listener), links: Vec::new(), silent: false, ended: false };
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            while accept(&mut shared.lock().unwrap(), &upstream) {
                thread::sleep(Duration::from_millis(2));
            }
        });
        Self { address, state }
    }

    /// As when the server is stopped: every connection ends, and nobody listens.
    pub(crate) fn refuse(&self) {
        let mut state = self.state.lock().unwrap();
        state.listener = None;
        state.hang_up();
    }

    /// As when the network or the other machine dies: connections stay open and nothing comes back.
    pub(crate) fn silence(&self) {
        let mut state = self.state.lock().unwrap();
        state.silent = true;
        state.links.iter().for_each(|link| link.silent.store(true, Ordering::SeqCst));
    }

    /// New connections work again. The old ones never do.
    pub(crate) fn mend(&self) {
        let mut state = self.state.lock().unwrap();
        state.silent = false;
        if state.listener.is_none() {
            state.listener = Some(listen(self.address).unwrap());
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let mut state = self.state.lock().unwrap();
        state.ended = true;
        state.hang_up();
    }
}

impl State {
    fn hang_up(&mut self) {
        for end in self.links.drain(..).flat_map(|link| link.ends) {
            // It may have hung up itself.
            drop(end.shutdown(Shutdown::Both));
        }
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Takes the connections that wait; returns false once the wire has ended.
fn accept(state: &mut State, upstream: &str) -> bool {
    while let Some(Ok((near, _))) = state.listener.as_ref().map(TcpListener::accept) {
        near.set_nonblocking(false).unwrap();
        let far = TcpStream::connect(upstream).unwrap();
        let silent = Arc::new(AtomicBool::new(state.silent));
        for (from, to) in [(&near, &far), (&far, &near)] {
            let (from, to, silent) = (from.try_clone().unwrap(), to.try_clone().unwrap(), Arc::clone(&silent));
            thread::spawn(move || carry(from, to, &silent));
        }
        state.links.push(Link { ends: [near, far], silent });
    }
    !state.ended
}

fn carry(mut from: TcpStream, mut to: TcpStream, silent: &AtomicBool) {
    let mut bytes = [0; 16_384];
    while let Ok(length @ 1..) = from.read(&mut bytes) {
        if !silent.load(Ordering::SeqCst) && to.write_all(&bytes[..length]).is_err() {
            break;
        }
    }
    if !silent.load(Ordering::SeqCst) {
        // Whoever has gone has nothing more to say; nor has the other.
        drop(to.shutdown(Shutdown::Both));
    }
}
