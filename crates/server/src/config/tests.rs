//! Precedence, refusals, and that the list of keys is the configuration.

use std::path::Path;

use super::{keys::KEYS, *};

fn load_from(toml: &str, environment: &[(&str, &str)], flags: &[(&str, &str)]) -> Result<Loaded, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("chancery.toml");
    std::fs::write(&file, toml).unwrap();
    let environment: Vec<_> = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let flags: Vec<_> = flags.iter().map(|(key, value)| flag(key, value)).collect();
    load(Some(&file), &environment, &flags).map_err(|error| error.to_string().replace(&file.display().to_string(), "FILE"))
}

fn flag(key: &str, value: &str) -> Flag {
    Flag { flag: format!("--set {key}"), key: key.to_owned(), value: value.to_owned() }
}

fn refusal(toml: &str, environment: &[(&str, &str)], flags: &[(&str, &str)]) -> String {
    load_from(toml, environment, flags).map(|_| "accepted".to_owned()).unwrap_err()
}

#[test]
fn the_defaults_are_a_configuration() {
    let config = load_from("", &[], &[]).unwrap().config;
    assert_eq!(config.listen.to_string(), "127.0.0.1:8220");
    assert_eq!(config.data_dir, Path::new("data"));
    assert_eq!((config.limits.connections, config.limits.connections_per_address), (1_024, 256));
    assert_eq!((config.sessions.idle_minutes, config.sessions.absolute_hours), (60, 12));
    assert_eq!(config.snapshots.every_records, 50_000);
    assert_eq!(config.master_key.source, MasterKeySource::File);
    assert_eq!(config.public_url(config.listen), "http://127.0.0.1:8220");
    assert!(config.hashing.workers() > 0);
}

#[test]
fn later_layers_win_and_say_where_they_are() {
    let file = "[limits]\nconnections = 10\nbody_bytes = 2048\nrequest_seconds = 5\n";
    let environment = [("CHANCERY_LIMITS_CONNECTIONS", "20"), ("CHANCERY_LIMITS_REQUEST_SECONDS", "6"), ("HOME", "/root")];
    let loaded = load_from(file, &environment, &[("limits.connections", "30")]).unwrap();
    let limits = &loaded.config.limits;
    assert_eq!((limits.connections, limits.request_seconds, limits.body_bytes), (30, 6, 2_048));
    let text = loaded.to_toml();
    for line in [
        "connections = 30 # flag --set limits.connections",
        "request_seconds = 6 # environment CHANCERY_LIMITS_REQUEST_SECONDS",
        "connections_per_address = 256 # default",
        "[limits]",
    ] {
        assert!(text.lines().any(|shown| shown == line), "{line} in\n{text}");
    }
    assert!(text.contains("body_bytes = 2048 # file "), "{text}");
    assert_eq!(loaded.to_json()["limits.connections"]["value"], 30);
}

#[test]
fn what_is_shown_gives_the_same_again() {
    let environment = [
        ("CHANCERY_PROXIES_TRUSTED", "10.0.0.0/8, 192.0.2.1"),
        ("CHANCERY_MASTER_KEY_COMMAND", r#"["/bin/key", "a, b"]"#),
        ("CHANCERY_MASTER_KEY_SOURCE", "command"),
    ];
    let loaded = load_from("", &environment, &[]).unwrap();
    assert_eq!(loaded.config.proxies.trusted, ["10.0.0.0/8", "192.0.2.1"]);
    assert_eq!(loaded.config.master_key.command, ["/bin/key", "a, b"]);
    assert_eq!(load_from(&loaded.to_toml(), &[], &[]).unwrap().config, loaded.config);
}

#[test]
fn the_sample_is_the_defaults() {
    let sample = sample();
    assert_eq!(load_from(&sample, &[], &[]).unwrap().config, load_from("", &[], &[]).unwrap().config);
    // With the values uncommented it is still a configuration, and has every key.
    let is_value = |line: &&str| {
        line.strip_prefix("# ").and_then(|line| line.split_once(" = ")).is_some_and(|(name, _)| !name.contains(' '))
    };
    let values: String = sample
        .lines()
        .map(|line| if is_value(&line) { line.trim_start_matches("# ") } else { line })
        .collect::<Vec<_>>()
        .join("\n");
    let loaded = load_from(&values, &[], &[]).unwrap();
    let from_file = loaded.settings.values().filter(|(_, source)| matches!(source, Source::File(_))).count();
    assert_eq!(from_file, KEYS.len());
}

#[test]
fn unknown_names_are_errors_that_name_the_nearest() {
    for (toml, expected) in [
        ("lisen = \"127.0.0.1:1\"", "file FILE: there is no `lisen`; did you mean `listen`?"),
        ("[limits]\nconection = 1", "file FILE: there is no `limits.conection`; did you mean `limits.connections`?"),
        ("[limit]\nconnections = 1", "file FILE: there is no `limit`; `chancery config --sample` lists all keys"),
        ("limits = 3", "`limits` (file FILE): is a table: write [limits] and its keys below"),
        ("[listen]\nport = 1", "`listen` (file FILE): `{ port = 1 }` is not an IP address and a port, such as 127.0.0.1:8220"),
    ] {
        assert_eq!(refusal(toml, &[], &[]), expected);
    }
    assert_eq!(
        refusal("", &[("CHANCERY_LISTN", "x")], &[]),
        "environment CHANCERY_LISTN: there is no `CHANCERY_LISTN`; did you mean `CHANCERY_LISTEN`?"
    );
    assert_eq!(
        refusal("", &[], &[("log.levels", "x")]),
        "flag --set log.levels: there is no `log.levels`; did you mean `log.level`?"
    );
}

#[test]
fn values_are_held_against_their_keys() {
    for (key, value, expected) in [
        ("limits.connections", "many", "`many` is not a whole number from 1 to 1000000"),
        ("limits.connections", "0", "`0` is not a whole number from 1 to 1000000"),
        ("limits.connections", "99999999999999999999", "`99999999999999999999` is not a whole number from 1 to 1000000"),
        ("dev", "yes", "`yes` is not true or false"),
        ("listen", "localhost", "`\"localhost\"` is not an IP address and a port, such as 127.0.0.1:8220"),
        ("log.format", "xml", "`\"xml\"` is not one of text, json"),
        ("log.level", "loud", "`loud` is neither a level (off, error, warn, info, debug, trace) nor levels by module"),
        ("proxies.trusted", "10.0.0.0/99", "`10.0.0.0/99` is neither an address nor a network such as 10.0.0.0/8"),
        (
            "public_url",
            "https://a:b@example.org",
            "`https://a:b@example.org` is not the URL of an origin, such as https://iam.example.org",
        ),
        (
            "public_url",
            "https://example.org/iam",
            "`https://example.org/iam` is not the URL of an origin, such as https://iam.example.org",
        ),
        ("public_url", "ftp://example.org", "`ftp://example.org` is not the URL of an origin, such as https://iam.example.org"),
        ("sessions.idle_minutes", "721", "may not be longer than `sessions.absolute_hours`"),
    ] {
        assert_eq!(refusal("", &[], &[(key, value)]), format!("`{key}` (flag --set {key}): {expected}"));
    }
    assert_eq!(refusal("dev = \"true\"", &[], &[]), "`dev` (file FILE): `\"true\"` is not true or false");
}

#[test]
fn rules_between_keys() {
    let set = |flags: &[(&str, &str)]| refusal("", &[], flags);
    assert!(
        set(&[("dev", "true"), ("listen", "0.0.0.0:8220")]).starts_with("`listen` (flag --set listen): a development server")
    );
    assert!(set(&[("tls.key", "k.pem")]).starts_with("`tls.certificate` (default): needed because `tls.key` is set"));
    assert!(set(&[("master_key.source", "env")]).starts_with("`master_key.name` (default): needed"));
    assert!(set(&[("master_key.source", "command")]).starts_with("`master_key.command` (default): needed"));
}

#[test]
fn the_master_keys_own_variable_is_no_setting() {
    let environment = [
        ("CHANCERY_MASTER_KEY", "not to be shown"),
        ("CHANCERY_MASTER_KEY_SOURCE", "env"),
        ("CHANCERY_MASTER_KEY_NAME", "CHANCERY_MASTER_KEY"),
    ];
    let loaded = load_from("", &environment, &[]).unwrap();
    assert!(!format!("{loaded:?}{}", loaded.to_toml()).contains("not to be shown"));
    assert!(refusal("", &environment[..1], &[]).starts_with("environment CHANCERY_MASTER_KEY: there is no"));
}

#[test]
fn files_that_cannot_be_used() {
    let missing = load(Some(Path::new("/nonexistent/chancery.toml")), &[], &[]).unwrap_err().to_string();
    assert!(missing.starts_with("the configuration file /nonexistent/chancery.toml cannot be read: No such file"), "{missing}");
    let named = load(None, &[("CHANCERY_CONFIG".to_owned(), "/nonexistent/x.toml".to_owned())], &[]).unwrap_err().to_string();
    assert!(named.contains("/nonexistent/x.toml"), "{named}");
    assert!(refusal("listen = ", &[], &[]).starts_with("the configuration file FILE is not TOML: TOML parse error at line 1"));
    assert!(refusal(&"#".repeat(1_100_000), &[], &[]).contains("the limit is 1048576"));
}

#[test]
fn the_sample_in_ops_is_todays() {
    let kept = include_str!("../../../../ops/chancery.toml");
    assert_eq!(kept.trim_end(), sample().trim_end(), "write it anew: chancery config --sample > ops/chancery.toml");
}

#[test]
fn the_engine_gets_what_is_configured() {
    let flags = ["data_dir=/d", "sessions.idle_minutes=5", "hashing.passes=3", "snapshots.every_records=2000"].map(|text| {
        let (key, value) = text.split_once('=').unwrap();
        Flag { flag: "--set".into(), key: key.into(), value: value.into() }
    });
    let engine = load(Some(Path::new("/dev/null")), &[], &flags).unwrap().config.engine();
    assert_eq!((engine.data_dir.to_str(), engine.snapshot_records), (Some("/d"), 2_000));
    assert_eq!((engine.sessions.idle_seconds, engine.hashing.passes), (300, 3));
    assert!(engine.master_key.is_none());
}
