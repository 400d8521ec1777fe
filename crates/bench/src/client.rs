//! The smallest client that keeps a connection: it sends bytes that are ready and reads one answer by its length.
//! Less of it means more of the machine for what is measured.

use std::{io, net::SocketAddr};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// A connection that is kept between requests.
pub(crate) struct Connection {
    stream: TcpStream,
    answer: Vec<u8>,
    body_at: usize,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, answer: Vec::with_capacity(64 * 1024), body_at: 0 })
    }

    /// Sends a request and reads its whole answer; gives the status.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> io::Result<u16> {
        self.stream.write_all(request).await?;
        self.answer.clear();
        self.body_at = loop {
            self.read().await?;
            if let Some(head) = head_length(&self.answer) {
                break head;
            }
        };
        match header(&self.answer[..self.body_at], "content-length") {
            Some(length) => {
                let length: usize = length.parse().map_err(io::Error::other)?;
                while self.answer.len() < self.body_at + length {
                    self.read().await?;
                }
            }
            // Only pages that were compressed come in chunks.
            None => {
                while !chunks_are_whole(self.body()) {
                    self.read().await?;
                }
            }
        }
        status(&self.answer)
    }

    async fn read(&mut self) -> io::Result<()> {
        let read = self.stream.read_buf(&mut self.answer).await?;
        if read == 0 { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }

    /// The body of the last answer.
    pub(crate) fn body(&self) -> &[u8] {
        &self.answer[self.body_at..]
    }
}

/// Sends one request that closes the connection, and gives every byte of the answer as it was on the wire.
pub(crate) async fn whole(address: SocketAddr, request: &[u8]) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    status(&answer)?;
    Ok(answer)
}

/// GET, with whose session and more headers, each ended by `\r\n`.
pub(crate) fn get(path: &str, cookie: Option<&str>, headers: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n{}{headers}\r\n", cookie_line(cookie)).into_bytes()
}

/// POST of a form.
pub(crate) fn post(path: &str, cookie: &str, form: &str) -> Vec<u8> {
    post_with(path, cookie, "", form)
}

/// POST of a form that is answered in place, with the part of the page that changes.
pub(crate) fn post_in_place(path: &str, cookie: &str, form: &str) -> Vec<u8> {
    post_with(path, cookie, "accept: text/fragment+html\r\n", form)
}

fn post_with(path: &str, cookie: &str, headers: &str, form: &str) -> Vec<u8> {
    let (cookie, length) = (cookie_line(Some(cookie)), form.len());
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\n{cookie}{headers}content-type: application/x-www-form-urlencoded\r\n\
         content-length: {length}\r\n\r\n{form}"
    )
    .into_bytes()
}

fn cookie_line(cookie: Option<&str>) -> String {
    cookie.map(|cookie| format!("cookie: {cookie}\r\n")).unwrap_or_default()
}

/// Where the head of an answer ends, once it is there.
pub(crate) fn head_length(answer: &[u8]) -> Option<usize> {
    answer.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4)
}

/// Whether the last chunk has arrived, which is an empty one.
fn chunks_are_whole(mut body: &[u8]) -> bool {
    while let Some(line) = body.windows(2).position(|window| window == b"\r\n") {
        let digits = std::str::from_utf8(&body[..line]).unwrap_or_default();
        let Ok(length) = usize::from_str_radix(digits, 16) else { return false };
        let end = line + 2 + length + 2;
        if length == 0 || body.len() < end {
            return length == 0 && body.len() >= end;
        }
        body = &body[end..];
    }
    false
}

/// A header's value.
pub(crate) fn header<'a>(head: &'a [u8], name: &str) -> Option<&'a str> {
    let lines = std::str::from_utf8(head).ok()?.lines();
    lines.filter_map(|line| line.split_once(':')).find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, v)| v.trim())
}

pub(crate) fn status(answer: &[u8]) -> io::Result<u16> {
    let digits = answer.get(9..12).and_then(|digits| std::str::from_utf8(digits).ok());
    digits.and_then(|digits| digits.parse().ok()).ok_or_else(|| io::Error::other("this is no answer of HTTP/1.1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_taken_apart() {
        let answer = b"HTTP/1.1 303 See Other\r\nLocation: /\r\nContent-Length: 0\r\n\r\n";
        assert_eq!(status(answer).unwrap(), 303);
        assert_eq!(head_length(answer), Some(answer.len()));
        assert_eq!(header(answer, "content-length"), Some("0"));
        assert!(status(b"").is_err());
    }

    #[test]
    fn chunks_end_with_an_empty_one() {
        for (body, whole) in [
            (&b"3\r\na\r\n\r\n0\r\n\r\n"[..], true),
            (b"3\r\na\r\n\r\n0\r\n", false),
            (b"5\r\n0\r\n\r\n\r\n", false),
            (b"", false),
        ] {
            assert_eq!(chunks_are_whole(body), whole);
        }
    }
}
