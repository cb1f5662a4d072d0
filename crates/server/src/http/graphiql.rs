//! The GraphiQL page, from the binary: built from `graphiql/`, loads nothing from elsewhere.

use std::fmt::Write;

use poem::{
    Body, Endpoint, Request, Response,
    http::{HeaderValue, StatusCode, header},
};
use rust_embed::{Embed, EmbeddedFile};

use super::Problem;

/// Scripts, requests and sockets of this origin only. CodeMirror sets styles on elements, which needs `unsafe-inline` for styles.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; \
     base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
);
/// Checked at every load, so that a new binary shows its own page.
const CACHE: HeaderValue = HeaderValue::from_static("no-cache");

#[derive(Embed)]
#[folder = "graphiql/dist"]
struct Files;

pub(super) struct Page;

impl Endpoint for Page {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let name = request.raw_path_param("file").unwrap_or("index.html");
        let Some(file) = Files::get(name) else {
            return Err(Problem::new(StatusCode::NOT_FOUND, "there is nothing at this path").into());
        };
        let tag = tag(&file);
        let known = request.header(header::IF_NONE_MATCH).is_some_and(|known| known == tag);
        let response = Response::builder()
            .header(header::CONTENT_TYPE, content_type(name))
            .header(header::CONTENT_SECURITY_POLICY, POLICY)
            .header(header::CACHE_CONTROL, CACHE)
            .header(header::ETAG, &tag);
        if known {
            return Ok(response.status(StatusCode::NOT_MODIFIED).body(Body::empty()));
        }
        Ok(response.body(Body::from_vec(file.data.into_owned())))
    }
}

fn tag(file: &EmbeddedFile) -> String {
    let hash = file.metadata.sha256_hash();
    let hex = hash.iter().take(16).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    format!("\"{hex}\"")
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        _ => "text/plain; charset=utf-8",
    }
}
