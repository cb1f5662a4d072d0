//! A socket that holds its admission, can be closed from outside, and lingers when we close first.
//!
//! The admission and the outside close are here, not in the connection's task, because an upgraded WebSocket
//! leaves the task and takes the socket with it.

use std::{
    future::Future,
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::Sleep,
};

use super::{Shutdown, admission::Admission};

/// A close with unread data makes the system reset the connection, and the peer may lose the answer that says why.
/// So after our last byte we read on for a moment, up to so much.
const LINGER: Duration = Duration::from_secs(1);
const LINGER_BYTES_MAX: usize = 8 * 1024 * 1024;

type Closing = Pin<Box<dyn Future<Output = ()> + Send + Sync>>;

/// See the module.
pub(super) struct Socket<S> {
    inner: S,
    // `None` once the server has closed it.
    closing: Option<Closing>,
    lingering: Option<(Pin<Box<Sleep>>, usize)>,
    _admission: Admission,
}

impl<S> Socket<S> {
    pub(super) fn new(inner: S, admission: Admission, shutdown: &Shutdown) -> Self {
        let shutdown = shutdown.clone();
        let closing: Closing = Box::pin(async move { shutdown.closed().await });
        Self { inner, closing: Some(closing), lingering: None, _admission: admission }
    }

    fn is_closed(&mut self, context: &mut Context<'_>) -> bool {
        if let Some(closing) = &mut self.closing
            && closing.as_mut().poll(context).is_ready()
        {
            self.closing = None;
        }
        self.closing.is_none()
    }
}

impl Socket<TcpStream> {
    pub(super) fn local_address(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }
}

impl<S: AsyncRead + Unpin> Socket<S> {
    fn poll_linger(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if self.is_closed(context) {
            return Poll::Ready(());
        }
        let Self { inner, lingering, .. } = self;
        let (pause, seen) = lingering.get_or_insert_with(|| (Box::pin(tokio::time::sleep(LINGER)), 0));
        if pause.as_mut().poll(context).is_ready() {
            return Poll::Ready(());
        }
        let mut bytes = [0; 4_096];
        while *seen < LINGER_BYTES_MAX {
            let mut buffer = ReadBuf::new(&mut bytes);
            let read = ready!(Pin::new(&mut *inner).poll_read(context, &mut buffer));
            if read.is_err() || buffer.filled().is_empty() {
                break;
            }
            *seen += buffer.filled().len();
        }
        Poll::Ready(())
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Socket<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.is_closed(context) {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.inner).poll_read(context, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Socket<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.is_closed(context) {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        Pin::new(&mut self.inner).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.is_closed(context) {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        Pin::new(&mut self.inner).poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.lingering.is_none() {
            ready!(Pin::new(&mut self.inner).poll_shutdown(context))?;
        }
        ready!(self.poll_linger(context));
        Poll::Ready(Ok(()))
    }
}
