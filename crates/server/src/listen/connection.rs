//! One connection: HTTP/1.1 or HTTP/2, as its first bytes say, with every wait bounded.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
};
use poem::{
    Addr, Endpoint, Request, Response,
    http::uri::Scheme,
    web::{LocalAddr, RemoteAddr},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::sleep,
};

use super::{Settings, Shutdown};

/// The most that a request's line and header may take in HTTP/1.1, and its header list in HTTP/2. hyper answers 431 beyond;
/// `http::Limits` answers earlier and says why.
const HEAD_BYTES_MAX: u32 = 64 * 1024;
const HEADERS_MAX: usize = 128;
const STREAMS_MAX: u32 = 128;
const RESETS_PENDING_MAX: usize = 20;
const PING_INTERVAL: Duration = Duration::from_secs(20);
const PING_TIMEOUT: Duration = Duration::from_secs(10);

/// What serves one connection.
pub(super) struct Connection<'a, E> {
    pub(super) endpoint: &'a Arc<E>,
    pub(super) settings: &'a Settings,
    pub(super) shutdown: &'a Shutdown,
    pub(super) scheme: Scheme,
    pub(super) local: SocketAddr,
    pub(super) peer: SocketAddr,
}

impl<E: Endpoint<Output = Response> + 'static> Connection<'_, E> {
    /// Serves until the peer leaves, the connection stalls, or the server ends.
    pub(super) async fn run<S>(self, stream: S)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let activity = Arc::new(Activity::new(self.settings));
        let service = service_fn({
            let endpoint = Arc::clone(self.endpoint);
            let activity = Arc::clone(&activity);
            let local = LocalAddr(Addr::SocketAddr(self.local));
            let peer = RemoteAddr(Addr::SocketAddr(self.peer));
            let scheme = self.scheme.clone();
            move |request: hyper::Request<Incoming>| {
                let working = activity.begin();
                let endpoint = Arc::clone(&endpoint);
                let request = Request::from((request, local.clone(), peer.clone(), scheme.clone()));
                async move {
                    let response = endpoint.get_response(request).await;
                    drop(working);
                    Ok::<_, Infallible>(hyper::Response::from(response))
                }
            }
        });
        let builder = builder(self.settings);
        let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
        let mut connection = std::pin::pin!(connection);
        let mut ending = false;
        loop {
            tokio::select! {
                result = connection.as_mut() => {
                    if let Err(error) = result {
                        tracing::debug!(client = %self.peer.ip(), %error, "a connection ended early");
                    }
                    return;
                }
                () = self.shutdown.begun(), if !ending => {
                    connection.as_mut().graceful_shutdown();
                    ending = true;
                }
                () = self.shutdown.closed() => return,
                () = sleep(activity.until_stalled()) => {
                    if activity.is_stalled() {
                        tracing::debug!(client = %self.peer.ip(), "a connection without a request was closed");
                        return;
                    }
                }
            }
        }
    }
}

fn builder(settings: &Settings) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(settings.header_timeout)
        .max_buf_size(HEAD_BYTES_MAX as usize)
        .max_headers(HEADERS_MAX);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING_INTERVAL)
        .keep_alive_timeout(PING_TIMEOUT)
        .max_concurrent_streams(STREAMS_MAX)
        .max_pending_accept_reset_streams(RESETS_PENDING_MAX)
        .max_header_list_size(HEAD_BYTES_MAX);
    builder
}

/// Whether a connection does anything. hyper times the header of HTTP/1.1 requests; nobody times the first bytes, by
/// which the protocol is told, HTTP/2 between its requests, or an answer that the peer does not read.
struct Activity {
    working: AtomicUsize,
    last: Mutex<Last>,
    header_timeout: Duration,
    idle_timeout: Duration,
}

#[derive(Clone, Copy)]
struct Last {
    at: Instant,
    served: bool,
}

impl Activity {
    fn new(settings: &Settings) -> Self {
        Self {
            working: AtomicUsize::new(0),
            last: Mutex::new(Last { at: Instant::now(), served: false }),
            header_timeout: settings.header_timeout,
            idle_timeout: settings.idle_timeout,
        }
    }

    fn begin(self: &Arc<Self>) -> Working {
        self.working.fetch_add(1, Ordering::AcqRel);
        Working(Arc::clone(self))
    }

    /// How long until the connection is stalled if nothing happens; a whole idle time while a request is in work.
    fn until_stalled(&self) -> Duration {
        let last = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if self.working.load(Ordering::Acquire) > 0 {
            return self.idle_timeout;
        }
        let limit = if last.served { self.idle_timeout } else { self.header_timeout };
        limit.saturating_sub(last.at.elapsed())
    }

    fn is_stalled(&self) -> bool {
        self.until_stalled().is_zero()
    }
}

/// A request in work.
struct Working(Arc<Activity>);

impl Drop for Working {
    fn drop(&mut self) {
        *self.0.last.lock().unwrap_or_else(PoisonError::into_inner) = Last { at: Instant::now(), served: true };
        self.0.working.fetch_sub(1, Ordering::AcqRel);
    }
}
