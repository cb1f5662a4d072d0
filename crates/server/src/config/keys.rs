//! Every key there is: name, kind with range, default, documentation.

/// What a value may be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Text,
    Choice(&'static [&'static str]),
    Address,
    Switch,
    Integer { min: i64, max: i64 },
    Texts,
}

/// One key.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key {
    /// With its table, dotted.
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// As TOML.
    pub(super) default: &'static str,
    /// Sentences, each of one line.
    pub(super) doc: &'static [&'static str],
}

impl Key {
    /// The key of that name.
    pub(super) fn find(name: &str) -> Option<&'static Self> {
        KEYS.iter().find(|key| key.name == name)
    }

    /// `limits.body_bytes` → `CHANCERY_LIMITS_BODY_BYTES`.
    pub(super) fn variable(&self) -> String {
        format!("CHANCERY_{}", self.name.replace('.', "_").to_uppercase())
    }
}

const fn integer(name: &'static str, (min, max): (i64, i64), default: &'static str, doc: &'static [&'static str]) -> Key {
    Key { name, kind: Kind::Integer { min, max }, default, doc }
}

const fn text(name: &'static str, default: &'static str, doc: &'static [&'static str]) -> Key {
    Key { name, kind: Kind::Text, default, doc }
}

const fn choice(name: &'static str, of: &'static [&'static str], default: &'static str, doc: &'static [&'static str]) -> Key {
    Key { name, kind: Kind::Choice(of), default, doc }
}

const fn texts(name: &'static str, doc: &'static [&'static str]) -> Key {
    Key { name, kind: Kind::Texts, default: "[]", doc }
}

/// Keys of one table stand together; keys without a table stand first, as TOML wants it.
pub(super) const KEYS: &[Key] = &[
    text("data_dir", r#""data""#, &["The directory of the event log and the keys. Created with mode 0700 when it is missing."]),
    Key {
        name: "listen",
        kind: Kind::Address,
        default: r#""127.0.0.1:8220""#,
        doc: &[
            "The address and port to listen on. Port 0 takes a free port.",
            "Use TLS, or a proxy that does, for any address but loopback.",
        ],
    },
    text(
        "public_url",
        r#""""#,
        &["The URL under which users reach this server, without a path. Empty: http(s):// and the address of `listen`."],
    ),
    Key {
        name: "dev",
        kind: Kind::Switch,
        default: "false",
        doc: &["Development: the GraphiQL page, introspection for everybody. Listens on loopback only."],
    },
    text(
        "log.level",
        r#""info""#,
        &[
            "off, error, warn, info, debug or trace; or by module, as in \"info,chancery_engine=debug\".",
            "Every request is a line at info.",
        ],
    ),
    choice("log.format", &["text", "json"], r#""text""#, &["text for people, json for machines: one event a line in both."]),
    integer(
        "limits.connections",
        (1, 1_000_000),
        "1024",
        &["Open connections in all; more are refused with 503. Mind `ulimit -n`."],
    ),
    integer(
        "limits.connections_per_address",
        (1, 1_000_000),
        "256",
        &["Open connections from one address (IPv6: from one /64). Loopback and the trusted proxies are exempt."],
    ),
    integer("limits.body_bytes", (1_024, 67_108_864), "1048576", &["Bytes of a request's body; more are refused with 413."]),
    integer(
        "limits.header_seconds",
        (1, 300),
        "10",
        &["Seconds that a client has for a request's header, and that an unused HTTP/1.1 connection is kept."],
    ),
    integer(
        "limits.request_seconds",
        (1, 3_600),
        "30",
        &["Seconds from a request's header to its answer. WebSockets are exempt once they are open."],
    ),
    integer(
        "limits.shutdown_seconds",
        (0, 600),
        "10",
        &["Seconds that requests in work have to end when the server is told to stop."],
    ),
    texts(
        "proxies.trusted",
        &["Networks of reverse proxies, as in [\"10.0.0.0/8\"]. Only they are believed about a client's address."],
    ),
    choice(
        "proxies.header",
        &["x-forwarded-for", "forwarded"],
        r#""x-forwarded-for""#,
        &["The header that these proxies write. The other one is ignored: it would come from the client."],
    ),
    text("tls.certificate", r#""""#, &["PEM file of the certificate chain. With `tls.key` the server speaks HTTPS only."]),
    text("tls.key", r#""""#, &["PEM file of the certificate's private key."]),
    integer(
        "hashing.memory_kib",
        (7_168, 262_144),
        "19456",
        &["Argon2id for new password hashes, as OWASP advises: 19 MiB, 2 passes, 1 lane. Old hashes keep their own."],
    ),
    integer("hashing.passes", (1, 16), "2", &["Passes over that memory."]),
    integer("hashing.lanes", (1, 8), "1", &["Lanes of one hash."]),
    integer(
        "hashing.workers",
        (0, 256),
        "0",
        &["Hashes computed at a time; sign-ins beyond wait, then are refused. 0: one per processor."],
    ),
    integer("sessions.idle_minutes", (1, 43_200), "60", &["Minutes without use after which a session ends."]),
    integer("sessions.absolute_hours", (1, 720), "12", &["Hours after which a session ends in any case."]),
    choice(
        "master_key.source",
        &["file", "env", "systemd", "command"],
        r#""file""#,
        &[
            "Where the key that wraps all other keys comes from: a file, an environment variable, a systemd credential, a program's output.",
        ],
    ),
    text(
        "master_key.path",
        r#""""#,
        &["For source = \"file\": the file. Empty: keys/master.key in the data directory, created on the first start."],
    ),
    text("master_key.name", r#""""#, &["For source = \"env\" or \"systemd\": the name of the variable or of the credential."]),
    texts("master_key.command", &["For source = \"command\": the program and its arguments; no shell in between."]),
    integer(
        "snapshots.every_records",
        (1_000, 1_000_000_000),
        "50000",
        &["Records between two snapshots of the state. A start replays at most so many."],
    ),
    integer(
        "disk.reserve_mib",
        (0, 1_048_576),
        "0",
        &[
            "With fewer MiB free, changes are refused with ServiceUnavailable (HTTP 507); reading and signing in go on.",
            "0: 5 % of the disk, at least 64 and at most 256 MiB.",
        ],
    ),
    integer(
        "disk.ballast_mib",
        (0, 1_048_576),
        "320",
        &[
            "MiB of the file `ballast` in the data directory, which only takes room: when the disk is full, delete it, and the server",
            "can be started and used to make room. It is made anew when twice the reserve is free beside it. 0: none.",
        ],
    ),
    integer(
        "disk.probe_seconds",
        (0, 3_600),
        "1",
        &[
            "Seconds without a change after which a few bytes are written and synced, over and over in the same place, to learn whether",
            "the disk still takes them. A server that finds it does not ends with exit code 4. 0: never; then the next change finds it.",
        ],
    ),
    integer(
        "disk.deadline_seconds",
        (1, 600),
        "30",
        &["Seconds that a write to the log may take. A server whose disk takes longer ends as if the write had failed."],
    ),
];
