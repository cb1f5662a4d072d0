//! For tests: a server on a free port of loopback, bytes sent to it, and what it logs.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, LazyLock, Mutex},
    time::Duration,
};

use poem::IntoEndpoint;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinHandle,
    time::timeout,
};

use tracing::{Dispatch, subscriber::DefaultGuard};
use tracing_subscriber::layer::SubscriberExt;

use crate::{
    config::LogFormat,
    listen::{Drained, Listener, Settings, Shutdown, Tls},
    proxies::Proxies,
};

/// Longer than anything that a test waits for; a test that reaches it fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) shutdown: Shutdown,
    task: JoinHandle<Drained>,
}

pub(crate) async fn start<E>(endpoint: E, settings: Settings) -> Running
where
    E: IntoEndpoint + 'static + Send,
    E::Endpoint: 'static,
{
    start_with(endpoint, settings, None).await
}

pub(crate) async fn start_with<E>(endpoint: E, settings: Settings, tls: Option<Tls>) -> Running
where
    E: IntoEndpoint + 'static + Send,
    E::Endpoint: 'static,
{
    let listener = Listener::bind("127.0.0.1:0".parse().unwrap(), settings, Arc::new(Proxies::default()), tls).await.unwrap();
    let address = listener.local_address().unwrap();
    let shutdown = Shutdown::new();
    let task = tokio::spawn(listener.serve(endpoint.into_endpoint(), shutdown.clone()));
    Running { address, shutdown, task }
}

impl Running {
    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends `bytes` on a new connection and gives all that comes back until the server closes.
    pub(crate) async fn send(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut stream = self.connect().await;
        // The server may answer and close before it has read everything.
        let _ = stream.write_all(bytes.as_ref()).await;
        rest(&mut stream).await
    }

    /// `GET path`, then the connection is closed.
    pub(crate) async fn get(&self, path: &str) -> String {
        self.send(format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")).await
    }

    pub(crate) async fn ended(self) -> Drained {
        timeout(PATIENCE, self.task).await.expect("the server ends").unwrap()
    }
}

/// All that comes until the end of the stream.
pub(crate) async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let _ = timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.expect("the server closes");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The status of an answer, such as 200.
pub(crate) fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or_else(|| panic!("an answer, not {answer:?}"))
}

/// The value of a header of the answer.
pub(crate) fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let (head, _) = answer.split_once("\r\n\r\n")?;
    head.lines().find_map(|line| line.split_once(": ").filter(|(of, _)| of.eq_ignore_ascii_case(name)).map(|(_, value)| value))
}

/// The body, as JSON.
pub(crate) fn json(answer: &str) -> serde_json::Value {
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{error} in {answer}"))
}

/// What is logged while [`capture`]'s guard lives.
#[derive(Clone, Default)]
pub(crate) struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Buffer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

// As long as there is at most one subscriber, tracing asks the thread that first meets a log statement whether anybody
// wants it, and remembers a "no" for all threads. Two that stay make it ask all subscribers.
static STAYING: LazyLock<[Dispatch; 2]> = LazyLock::new(|| [(); 2].map(|()| Dispatch::new(tracing_subscriber::registry())));

/// Logs of this thread go to the buffer; a test's runtime has one thread.
pub(crate) fn capture(format: LogFormat, level: &str) -> (Buffer, DefaultGuard) {
    LazyLock::force(&STAYING);
    let buffer = Buffer::default();
    let writer = buffer.clone();
    let layer = crate::telemetry::layer(level, format, move || writer.clone()).unwrap();
    (buffer, tracing::subscriber::set_default(tracing_subscriber::registry().with(layer)))
}
