//! One request and its answer, as the log tells it.

use std::{
    net::{IpAddr, Ipv4Addr},
    time::Instant,
};

use chancery_model::{RequestId, Ulid};
use poem::{
    Request, Response,
    http::{Method, StatusCode},
};

use crate::proxies::Proxies;

/// A client that left before its answer; nginx's number, which log tools know.
const STATUS_CLIENT_LEFT: u16 = 499;

/// Writes its log line when it is dropped, so that a request whose client left is in the log too.
///
/// Never in the line: the query (it may hold a presigned secret), headers, bodies.
pub(super) struct Exchange {
    pub(super) id: RequestId,
    pub(super) client: IpAddr,
    method: Method,
    path: String,
    started: Instant,
    status: u16,
}

impl Exchange {
    pub(super) fn open(request: &Request, proxies: &Proxies) -> Self {
        let peer = request.remote_addr().as_socket_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
        Self {
            id: RequestId(Ulid::generate()),
            client: proxies.client(peer, request.headers()),
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            started: Instant::now(),
            status: STATUS_CLIENT_LEFT,
        }
    }

    pub(super) fn close(mut self, response: &Response) {
        self.status = response.status().as_u16();
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        let ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let Self { id, client, method, path, status, .. } = self;
        let failed = *status >= StatusCode::INTERNAL_SERVER_ERROR.as_u16();
        if failed {
            tracing::warn!(target: "chancery::request", request = %id, %method, path, status, ms, %client);
        } else {
            tracing::info!(target: "chancery::request", request = %id, %method, path, status, ms, %client);
        }
    }
}
