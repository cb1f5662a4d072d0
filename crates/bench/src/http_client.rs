//! HTTP/1.1 with as little of our own processor time as can be: what is measured is the server, on the same two cores.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

use crate::workload::Load;

/// A connection that is kept.
pub(crate) struct Connection {
    stream: TcpStream,
    head: String,
    sent: Vec<u8>,
    received: Vec<u8>,
}

impl Connection {
    /// Connects; every request goes to `path`, with the bearer token if there is one.
    pub(crate) async fn open(address: SocketAddr, path: &str, token: Option<&str>) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let token = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {address}\r\nUser-Agent: chancery-bench/0.1\r\nContent-Type: application/json\r\n\
             {token}Content-Length: "
        );
        Ok(Self { stream, head, sent: Vec::new(), received: Vec::with_capacity(8_192) })
    }

    /// Sends a body and gives the answer's.
    pub(crate) async fn post(&mut self, body: &str) -> anyhow::Result<&str> {
        self.sent.clear();
        for part in [self.head.as_str(), &body.len().to_string(), "\r\n\r\n", body] {
            self.sent.extend_from_slice(part.as_bytes());
        }
        self.stream.write_all(&self.sent).await?;
        self.received.clear();
        let body = loop {
            if let Some((start, length)) = head_end(&self.received)? {
                break start..start.saturating_add(length);
            }
            self.receive().await?;
        };
        while self.received.len() < body.end {
            self.receive().await?;
        }
        let text = std::str::from_utf8(self.received.get(body).context("an answer without its body")?)?;
        if text.contains("\"errors\"") || !self.received.starts_with(b"HTTP/1.1 200") {
            bail!("the server answered: {}", String::from_utf8_lossy(&self.received));
        }
        Ok(text)
    }

    async fn receive(&mut self) -> anyhow::Result<()> {
        if self.stream.read_buf(&mut self.received).await? == 0 {
            bail!("the server closed the connection");
        }
        Ok(())
    }
}

/// Where the body starts and how long it is, once the header is there.
fn head_end(received: &[u8]) -> anyhow::Result<Option<(usize, usize)>> {
    let Some(end) = received.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let head = std::str::from_utf8(received.get(..end).unwrap_or_default())?;
    let length =
        head.lines().filter_map(|line| line.split_once(':')).find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let (_, length) = length.context("an answer without Content-Length")?;
    Ok(Some((end + 4, length.trim().parse()?)))
}

/// Keeps all connections busy for so long; each asks what `next` says for its number and turn.
pub(crate) async fn drive<F>(connections: &mut Vec<Connection>, load: Duration, next: F) -> anyhow::Result<Load>
where
    F: Fn(usize, usize) -> String + Clone + Send + 'static,
{
    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    for (number, mut connection) in connections.drain(..).enumerate() {
        let next = next.clone();
        tasks.spawn(async move {
            let mut millis = Vec::new();
            let mut at = Instant::now();
            while at.duration_since(begun) < load {
                connection.post(&next(number, millis.len())).await?;
                let now = Instant::now();
                millis.push(now.duration_since(at).as_secs_f64() * 1_000.0);
                at = now;
            }
            anyhow::Ok((connection, millis))
        });
    }
    let mut millis = Vec::new();
    while let Some(ended) = tasks.join_next().await {
        let (connection, took) = ended.context("a connection has panicked")??;
        connections.push(connection);
        millis.extend(took);
    }
    Ok(Load::new(millis, begun.elapsed()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_starts_after_the_header_and_is_as_long_as_it_says() {
        assert_eq!(head_end(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n").unwrap(), None);
        assert_eq!(head_end(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").unwrap(), Some((38, 2)));
        assert!(head_end(b"HTTP/1.1 200 OK\r\nx: y\r\n\r\n").is_err());
    }
}
