//! One kept-alive HTTP/1.1 connection, as lean as possible: it shares its processors with the server that it measures.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::Outcome;

/// How long an answer may take before it counts as lost.
const PATIENCE: Duration = Duration::from_secs(60);
/// The most header lines that an answer may have.
const HEADERS_MAX: usize = 64;

/// An answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Where it sends the browser.
    pub location: String,
    /// The code of the refusal, from the header `x-refusal`.
    pub refusal: String,
    /// The first cookie that it sets, as `name=value`.
    pub cookie: String,
    /// Whether the server closes the connection.
    pub closes: bool,
    /// The body.
    pub body: Vec<u8>,
}

impl Response {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Reads one answer from the start of what came, and how many bytes it took; nothing while it is incomplete.
pub fn parse(bytes: &[u8]) -> Outcome<Option<(Response, usize)>> {
    let mut lines = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut head = httparse::Response::new(&mut lines);
    let read = head
        .parse(bytes)
        .map_err(|error| format!("the answer is not HTTP: {error}"))?;
    let httparse::Status::Complete(head_bytes) = read else {
        return Ok(None);
    };
    let mut response = Response {
        status: head.code.unwrap_or(0),
        ..Response::default()
    };
    let mut body_bytes = None;
    for line in head.headers.iter() {
        let value = || String::from_utf8_lossy(line.value).into_owned();
        match line.name.to_ascii_lowercase().as_str() {
            "content-length" => {
                let length = value()
                    .trim()
                    .parse::<usize>()
                    .map_err(|error| format!("content-length {:?}: {error}", value()))?;
                body_bytes = Some(length);
            }
            "transfer-encoding" => return Err("a body in chunks was not expected".into()),
            "location" => response.location = value(),
            "x-refusal" => response.refusal = value(),
            "set-cookie" if response.cookie.is_empty() => {
                response.cookie = value().split(';').next().unwrap_or("").to_string();
            }
            "connection" => response.closes = value().eq_ignore_ascii_case("close"),
            _ => {}
        }
    }
    let end = head_bytes + body_bytes.unwrap_or(0);
    let Some(body) = bytes.get(head_bytes..end) else {
        return Ok(None);
    };
    response.body = body.to_vec();
    Ok(Some((response, end)))
}

/// A connection that is opened when it is first used and again when it was lost.
#[derive(Debug)]
pub struct Connection {
    address: SocketAddr,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
}

impl Connection {
    /// A connection to this address, not yet opened.
    pub fn new(address: SocketAddr) -> Self {
        Self {
            address,
            stream: None,
            buffer: Vec::with_capacity(16 * 1024),
        }
    }

    /// Sends a whole request and waits for its answer. When a connection breaks, the same request is sent once more on
    /// a new one; every change carries a command id, so it acts once.
    pub async fn send(&mut self, request: &[u8]) -> Outcome<Response> {
        let fresh = self.stream.is_none();
        match self.exchange(request).await {
            Err(_) if !fresh => self.exchange(request).await,
            answer => answer,
        }
    }

    async fn exchange(&mut self, request: &[u8]) -> Outcome<Response> {
        let answer = timeout(PATIENCE, self.write_and_read(request))
            .await
            .unwrap_or_else(|_| Err(format!("no answer within {} s", PATIENCE.as_secs())));
        if answer.as_ref().map_or(true, |response| response.closes) {
            self.stream = None;
        }
        answer
    }

    async fn write_and_read(&mut self, request: &[u8]) -> Outcome<Response> {
        if self.stream.is_none() {
            let opened = TcpStream::connect(self.address).await;
            let stream = opened.map_err(|error| format!("connection refused: {error}"))?;
            stream.set_nodelay(true).map_err(lost)?;
            self.stream = Some(stream);
            self.buffer.clear();
        }
        let stream = self.stream.as_mut().ok_or("the connection is not open")?;
        stream.write_all(request).await.map_err(lost)?;
        loop {
            if let Some((response, taken)) = parse(&self.buffer)? {
                self.buffer.drain(..taken);
                return Ok(response);
            }
            if stream.read_buf(&mut self.buffer).await.map_err(lost)? == 0 {
                return Err("connection closed before the answer was whole".into());
            }
        }
    }
}

fn lost(error: std::io::Error) -> String {
    format!("connection lost: {error}")
}

/// The bytes of a request; `headers` are whole lines without their line ends.
pub fn request(method: &str, path: &str, headers: &[&str], body: &str) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\nhost: baogong\r\n");
    for line in headers {
        text.push_str(line);
        text.push_str("\r\n");
    }
    if method != "GET" {
        text.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    text.push_str("\r\n");
    text.push_str(body);
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORDERED: &[u8] = b"HTTP/1.1 303 See Other\r\nLocation: /o/t/42/key\r\nContent-Length: 0\r\n\r\n";

    #[test]
    fn an_answer_is_whole_only_with_its_last_byte() {
        let refused = b"HTTP/1.1 200 OK\r\nX-Refusal: allotment\r\ncontent-length: 5\r\nset-cookie: a=b; Path=/\r\n\r\nhelloHTTP/1.1";
        let whole = refused.len() - "HTTP/1.1".len();
        for end in 0..whole {
            assert_eq!(parse(&refused[..end]).unwrap(), None, "after {end} bytes");
        }
        let (response, taken) = parse(refused).unwrap().unwrap();
        assert_eq!(taken, whole);
        assert_eq!((response.status, response.refusal.as_str()), (200, "allotment"));
        assert_eq!(
            (response.text().as_str(), response.cookie.as_str()),
            ("hello", "a=b")
        );
    }

    #[test]
    fn an_answer_without_body_says_where_to_go() {
        let (response, taken) = parse(ORDERED).unwrap().unwrap();
        assert_eq!((response.status, taken), (303, ORDERED.len()));
        assert_eq!(response.location, "/o/t/42/key");
    }

    #[test]
    fn what_is_not_understood_is_an_error_and_not_waited_for() {
        assert!(parse(b"SSH-2.0-OpenSSH_9.2\r\n\r\n").is_err());
        assert!(parse(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").is_err());
        assert!(parse(b"HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n").is_err());
    }

    #[test]
    fn a_request_says_how_long_its_body_is() {
        let bytes = request("POST", "/o/t", &["accept: text/html"], "a=b");
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(
            text,
            "POST /o/t HTTP/1.1\r\nhost: baogong\r\naccept: text/html\r\ncontent-length: 3\r\n\r\na=b"
        );
    }

    #[tokio::test]
    async fn a_lost_connection_is_opened_again_and_the_request_repeated() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut connection = Connection::new(listener.local_addr().unwrap());
        let server = async {
            // The first connection answers once and is then closed by the server.
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut seen = [0; 1_024];
            let first = stream.read(&mut seen).await.unwrap();
            stream.write_all(ORDERED).await.unwrap();
            drop(stream);
            let (mut stream, _) = listener.accept().await.unwrap();
            let second = stream.read(&mut seen).await.unwrap();
            stream.write_all(ORDERED).await.unwrap();
            (first, second)
        };
        let client = async {
            let request = request("POST", "/o/t", &[], "a=b");
            for _ in 0..2 {
                assert_eq!(connection.send(&request).await.unwrap().status, 303);
            }
            request.len()
        };
        let ((first, second), sent) = tokio::join!(server, client);
        assert_eq!((first, second), (sent, sent));
    }
}
