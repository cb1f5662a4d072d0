//! The configuration: defaults, then a file, then the environment, then flags; the later wins.
//!
//! `keys` is the one list of what there is, with default, range and documentation; the sample file, the names of the
//! environment variables and the errors for unknown names come from it. No value here is a secret.

mod engine;
mod keys;
mod layers;
mod nearest;
mod show;
mod values;

#[cfg(test)]
mod tests;

use std::{net::SocketAddr, num::NonZeroUsize, path::PathBuf};

use poem::http::Uri;
use serde::{Deserialize, Deserializer};

use crate::proxies::{Header, Proxies};

pub use layers::{ConfigError, Flag, Loaded, Source, load};
pub use show::sample;

/// Everything that an operator can set. The documentation of each key is in `chancery config --sample`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where everything is kept.
    pub data_dir: PathBuf,
    /// The address to listen on.
    pub listen: SocketAddr,
    /// Under which URL users reach the server, if not `http(s)://listen`.
    #[serde(deserialize_with = "unless_blank")]
    pub public_url: Option<String>,
    /// Whether this is a development server.
    pub dev: bool,
    /// `[log]`
    pub log: Log,
    /// `[limits]`
    pub limits: Limits,
    /// `[proxies]`
    pub proxies: ProxyList,
    /// `[tls]`
    pub tls: Tls,
    /// `[hashing]`
    pub hashing: Hashing,
    /// `[sessions]`
    pub sessions: Sessions,
    /// `[master_key]`
    pub master_key: MasterKey,
    /// `[snapshots]`
    pub snapshots: Snapshots,
    /// `[disk]`
    pub disk: Disk,
}

/// What is logged, and how.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// A level, or a level by module.
    pub level: String,
    /// How a line is written.
    pub format: LogFormat,
}

/// How a log line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Limits of connections and requests.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Open connections in all.
    pub connections: usize,
    /// Open connections from one address.
    pub connections_per_address: usize,
    /// Bytes of a request's body.
    pub body_bytes: u64,
    /// Seconds for a request's header to arrive.
    pub header_seconds: u64,
    /// Seconds from a request's header to its answer.
    pub request_seconds: u64,
    /// Seconds that requests in work have to end when the server stops.
    pub shutdown_seconds: u64,
}

/// Reverse proxies.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProxyList {
    /// Their networks.
    pub trusted: Vec<String>,
    /// The header that they write.
    pub header: Header,
}

/// TLS; on when both files are set.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// PEM file of the certificate chain.
    #[serde(deserialize_with = "unless_blank")]
    pub certificate: Option<PathBuf>,
    /// PEM file of its private key.
    #[serde(deserialize_with = "unless_blank")]
    pub key: Option<PathBuf>,
}

/// Argon2id for new password hashes.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hashing {
    /// Memory of one hash, in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
    workers: usize,
}

impl Hashing {
    /// How many hashes are computed at a time: as configured, or one per processor.
    #[must_use]
    pub fn workers(&self) -> usize {
        match self.workers {
            0 => std::thread::available_parallelism().map_or(1, NonZeroUsize::get),
            workers => workers,
        }
    }
}

/// How long a sign-in lasts.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sessions {
    /// Minutes without use.
    pub idle_minutes: u64,
    /// Hours in all.
    pub absolute_hours: u64,
}

/// Where the master key comes from.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MasterKey {
    /// The kind of place.
    pub source: MasterKeySource,
    /// The file, for `file`; `keys/master.key` in the data directory when not set.
    #[serde(deserialize_with = "unless_blank")]
    pub path: Option<PathBuf>,
    /// The environment variable, or the systemd credential.
    #[serde(deserialize_with = "unless_blank")]
    pub name: Option<String>,
    /// The program that prints it, with its arguments.
    pub command: Vec<String>,
}

/// The kinds of places for the master key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MasterKeySource {
    /// A file, created on the first start.
    File,
    /// An environment variable.
    Env,
    /// A systemd credential (`LoadCredential=`).
    Systemd,
    /// The output of a program.
    Command,
}

/// Snapshots of the state, which make the next start fast.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshots {
    /// Records between two snapshots.
    pub every_records: u64,
}

/// What is asked of the disk, and done for the day when it is full.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disk {
    /// Changes are refused with fewer MiB free; 0 for a part of the disk.
    pub reserve_mib: u64,
    /// MiB of the file that is kept to be deleted; 0 for none.
    pub ballast_mib: u64,
    /// Seconds between two proofs that an idle store can be written; 0 for none.
    pub probe_seconds: u64,
    /// Seconds that a write may take.
    pub deadline_seconds: u64,
}

impl Config {
    /// The URL that users see: `public_url`, or the one of the bound address.
    #[must_use]
    pub fn public_url(&self, bound: SocketAddr) -> String {
        let scheme = if self.tls.certificate.is_some() { "https" } else { "http" };
        self.public_url.clone().unwrap_or_else(|| format!("{scheme}://{bound}"))
    }

    /// The proxies whose forwarding header is believed.
    ///
    /// # Errors
    /// When an entry is no network; a loaded configuration has been checked for that.
    pub fn proxies(&self) -> Result<Proxies, String> {
        Proxies::parse(&self.proxies.trusted, self.proxies.header)
    }

    // Rules that hold between keys; what one key may be is in `keys`.
    fn check(&self) -> Result<(), (&'static str, String)> {
        if self.dev && !self.listen.ip().is_loopback() {
            return Err(("listen", "a development server (`dev`) listens on loopback only, such as 127.0.0.1:8220".to_owned()));
        }
        if let Some(url) = &self.public_url {
            check_public_url(url).map_err(|reason| ("public_url", reason))?;
        }
        self.proxies().map_err(|reason| ("proxies.trusted", reason))?;
        crate::telemetry::check_level(&self.log.level).map_err(|reason| ("log.level", reason))?;
        if self.tls.certificate.is_some() != self.tls.key.is_some() {
            let (missing, set) =
                if self.tls.key.is_some() { ("tls.certificate", "tls.key") } else { ("tls.key", "tls.certificate") };
            return Err((missing, format!("needed because `{set}` is set: TLS takes both, or neither")));
        }
        if self.hashing.memory_kib < 8 * self.hashing.lanes {
            return Err(("hashing.memory_kib", "argon2id needs at least 8 KiB per lane".to_owned()));
        }
        if self.sessions.idle_minutes > self.sessions.absolute_hours * 60 {
            return Err(("sessions.idle_minutes", "may not be longer than `sessions.absolute_hours`".to_owned()));
        }
        self.master_key.check()
    }
}

impl MasterKey {
    fn check(&self) -> Result<(), (&'static str, String)> {
        let needed = |key, what| Err((key, format!("needed with this `master_key.source`: {what}")));
        match self.source {
            MasterKeySource::Env if self.name.is_none() => needed("master_key.name", "the name of the environment variable"),
            MasterKeySource::Systemd if self.name.is_none() => needed("master_key.name", "the name of the credential"),
            MasterKeySource::Command if self.command.is_empty() => needed("master_key.command", "a program and its arguments"),
            MasterKeySource::File | MasterKeySource::Env | MasterKeySource::Systemd | MasterKeySource::Command => Ok(()),
        }
    }
}

fn check_public_url(text: &str) -> Result<(), String> {
    let wanted = || format!("`{text}` is not the URL of an origin, such as https://iam.example.org");
    let url: Uri = text.parse().map_err(|_| wanted())?;
    let web = matches!(url.scheme_str(), Some("http" | "https"));
    let host = url.authority().is_some_and(|authority| !authority.as_str().contains('@'));
    let bare = url.path() == "/" && url.query().is_none() && !text.ends_with('/');
    if web && host && bare { Ok(()) } else { Err(wanted()) }
}

// In the file an empty text means "not set", so that every key can be written down.
fn unless_blank<'de, D: Deserializer<'de>, T: From<String>>(deserializer: D) -> Result<Option<T>, D::Error> {
    let text = String::deserialize(deserializer)?;
    Ok(if text.is_empty() { None } else { Some(text.into()) })
}
