//! What one request may be and cost.

use std::time::Duration;

use poem::{
    Request,
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
};

use super::Problem;

/// The limits of a request. Over one of them: an answer that names it.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The body, for routes that have no limit of their own.
    pub body_bytes_max: u64,
    /// Limits of the body by exact path.
    pub body_bytes_max_by_path: Vec<(String, u64)>,
    /// The request target: path and query.
    pub uri_bytes_max: usize,
    /// How many header lines.
    pub headers_max: usize,
    /// Names and values of all header lines.
    pub header_bytes_max: usize,
    /// From the end of the header to the door's answer, the body's arrival included. Upgraded connections go on.
    pub deadline: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes_max: 1024 * 1024,
            body_bytes_max_by_path: Vec::new(),
            uri_bytes_max: 8 * 1024,
            headers_max: 100,
            header_bytes_max: 32 * 1024,
            deadline: Duration::from_secs(30),
        }
    }
}

impl Limits {
    pub(super) fn body_bytes_for(&self, path: &str) -> u64 {
        let own = self.body_bytes_max_by_path.iter().find(|(of, _)| of == path);
        own.map_or(self.body_bytes_max, |(_, max)| *max)
    }

    /// Whether the request may be looked at, as far as its header tells.
    pub(super) fn check_head(&self, request: &Request) -> Result<(), Problem> {
        self.check_target(request)?;
        self.check_headers(request)?;
        let declared = request.header(header::CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
        match declared {
            Some(length) => self.check_length(length, request.uri().path()),
            None => Ok(()),
        }
    }

    fn check_target(&self, request: &Request) -> Result<(), Problem> {
        if matches!(*request.method(), Method::CONNECT | Method::TRACE) {
            let message = format!("{} is not served here", request.method());
            return Err(
                Problem::new(StatusCode::METHOD_NOT_ALLOWED, message).with_header(header::ALLOW, HeaderValue::from_static(""))
            );
        }
        let length = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
        if length > self.uri_bytes_max {
            let message = format!("the path and query have {length} bytes, the limit is {}", self.uri_bytes_max);
            return Err(Problem::new(StatusCode::URI_TOO_LONG, message));
        }
        Ok(())
    }

    fn check_headers(&self, request: &Request) -> Result<(), Problem> {
        let too_large = |message| Err(Problem::new(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, message));
        let lines = request.headers().len();
        if lines > self.headers_max {
            return too_large(format!("the request has {lines} header lines, the limit is {}", self.headers_max));
        }
        let size = |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len();
        let bytes: usize = request.headers().iter().map(size).sum();
        if bytes > self.header_bytes_max {
            return too_large(format!("the request's header has {bytes} bytes, the limit is {}", self.header_bytes_max));
        }
        Ok(())
    }

    fn check_length(&self, length: u64, path: &str) -> Result<(), Problem> {
        let max = self.body_bytes_for(path);
        if length > max {
            return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("the body has {length} bytes, the limit is {max}")));
        }
        Ok(())
    }
}
