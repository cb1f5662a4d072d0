//! A request's body, counted while it is read. What a client declares about its length is not relied on.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
};

use futures_util::Stream;
use hyper::body::Bytes;
use poem::Body;

/// How the reading of a body goes; shared with the frame, which answers for it whatever the door makes of the error.
#[derive(Debug, Default)]
pub(super) struct Reading {
    over: AtomicBool,
    open: AtomicBool,
}

impl Reading {
    /// Whether the body was over its limit.
    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }

    /// Whether a part of the body is still to come.
    pub(super) fn is_open(&self) -> bool {
        self.open.load(Ordering::Acquire)
    }
}

/// `body`, which gives an error instead of the byte after `bytes_max`.
pub(super) fn limited(body: Body, bytes_max: u64) -> (Body, Arc<Reading>) {
    let reading = Arc::new(Reading::default());
    if body.is_empty() {
        return (body, reading);
    }
    reading.open.store(true, Ordering::Release);
    let counted = Counted { inner: Box::pin(body.into_bytes_stream()), left: bytes_max, reading: Arc::clone(&reading) };
    (Body::from_bytes_stream(counted), reading)
}

struct Counted {
    inner: Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>,
    left: u64,
    reading: Arc<Reading>,
}

impl Stream for Counted {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.reading.is_over() {
            return Poll::Ready(None);
        }
        let Some(chunk) = ready!(self.inner.as_mut().poll_next(context)) else {
            self.reading.open.store(false, Ordering::Release);
            return Poll::Ready(None);
        };
        let chunk = chunk?;
        match self.left.checked_sub(chunk.len() as u64) {
            Some(left) => {
                self.left = left;
                Poll::Ready(Some(Ok(chunk)))
            }
            None => {
                self.reading.over.store(true, Ordering::Release);
                Poll::Ready(Some(Err(io::Error::other("the body is over its limit"))))
            }
        }
    }
}
