//! One event is one line, whatever is in it.

use super::*;
use crate::trial::capture;

fn logged(format: LogFormat, level: &str, log: impl FnOnce()) -> String {
    let (buffer, guard) = capture(format, level);
    log();
    drop(guard);
    buffer.text()
}

const HOSTILE: &str = "/a\r\n2026-11-23T00:00:00.000Z INFO chancery: signed in\u{1b}[31m\u{2028}x\u{85}y\u{202e}\" status=200 \\";

#[test]
fn a_hostile_field_stays_on_its_line() {
    for format in [LogFormat::Text, LogFormat::Json] {
        let line = logged(format, "info", || tracing::info!(path = HOSTILE, "{HOSTILE}"));
        let (line, rest) = line.split_once('\n').unwrap();
        assert_eq!(rest, "", "{format:?}: one line");
        assert!(!line.contains(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{202e}')), "{format:?}: {line:?}");
    }
}

#[test]
fn text_is_for_people_and_cannot_forge_a_field() {
    let line = logged(LogFormat::Text, "info", || {
        let span = tracing::info_span!("request", request = "01J");
        span.in_scope(|| tracing::info!(target: "t", path = "/a b\" status=200", status = 404, ok = true, "done"));
    });
    let (time, rest) = line.trim_end().split_once(' ').unwrap();
    assert!(time.parse::<chancery_model::Timestamp>().is_ok(), "{time}");
    assert_eq!(rest, r#"INFO  t: done path="/a b\" status=200" status=404 ok=true request=01J"#);
}

#[test]
fn json_gives_back_what_was_logged() {
    let line = logged(
        LogFormat::Json,
        "info",
        || tracing::warn!(target: "t", path = HOSTILE, status = 404_u16, level = "forged", "done"),
    );
    let value: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(value["path"], HOSTILE);
    assert_eq!(
        (&value["status"], &value["level"], &value["target"], &value["message"]),
        (&404.into(), &"WARN".into(), &"t".into(), &"done".into())
    );
}

#[test]
fn long_fields_are_cut() {
    for format in [LogFormat::Text, LogFormat::Json] {
        let line = logged(format, "info", || tracing::info!(path = "ä".repeat(100_000)));
        assert!(line.chars().count() < 4_300 && line.contains('…'), "{format:?}: {} characters", line.chars().count());
    }
}

#[test]
fn a_library_that_logs_what_it_carries_is_kept_quiet() {
    for level in ["trace", "info,tungstenite=trace", "info,tungstenite::protocol=trace,tokio_tungstenite=debug"] {
        let text = logged(LogFormat::Text, level, || {
            tracing::trace!(target: "tungstenite::protocol", "Received message {{\"authorization\":\"Bearer chs_canary\"}}");
            tracing::debug!(target: "tokio_tungstenite::compat", "chs_canary");
            tracing::info!(target: "chancery", "still there");
        });
        assert!(text.contains("still there") && !text.contains("canary"), "{level}: {text}");
    }
}

#[test]
fn levels_by_module() {
    let log = || {
        tracing::info!(target: "a", "one");
        tracing::debug!(target: "a", "two");
        tracing::debug!(target: "b", "three");
    };
    assert_eq!(logged(LogFormat::Text, "info", log).lines().count(), 1);
    assert_eq!(logged(LogFormat::Text, "warn,b=debug", log).lines().count(), 1);
    assert_eq!(logged(LogFormat::Text, "off", log), "");
    assert!(check_level("info,b").is_err());
}
