//! The log: one event, one line, to standard error, as text or JSON.
//!
//! What a client sends can stand in a line (a path, say) but never makes a second one: control characters, line separators
//! and the characters that reorder text are escaped. Bodies, query strings and authorization headers are not logged.

mod escape;
mod lines;

#[cfg(test)]
mod tests;

use std::{io, panic, str::FromStr};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::{Layer, Registry, filter::Targets, fmt::MakeWriter, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::LogFormat;
use lines::Lines;

/// Starts logging for the whole process, panics included.
///
/// # Errors
/// When `level` cannot be read, or a log was started before.
pub fn install(level: &str, format: LogFormat) -> Result<(), String> {
    tracing_subscriber::registry().with(layer(level, format, io::stderr)?).try_init().map_err(|error| error.to_string())?;
    log_panics();
    Ok(())
}

/// The layer that writes to `writer`.
pub(crate) fn layer<W>(level: &str, format: LogFormat, writer: W) -> Result<impl Layer<Registry>, String>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    Ok(Lines::new(format, writer).with_filter(filter(level)?))
}

/// Whether `level` is a level, or levels by module: `info,chancery_engine=debug`.
pub(crate) fn check_level(level: &str) -> Result<(), String> {
    filter(level).map(|_| ())
}

/// Libraries that log what they carry, tokens and passwords in it, at the levels below INFO.
const TELL_TALES: [&str; 2] = ["tungstenite", "tokio_tungstenite"];

fn filter(level: &str) -> Result<Targets, String> {
    let refused = || format!("`{level}` is neither a level (off, error, warn, info, debug, trace) nor levels by module");
    let mut usual = LevelFilter::OFF;
    let targets = level.split(',').try_fold(Targets::new(), |targets, part| {
        let read = |level: &str| LevelFilter::from_str(level.trim()).map_err(|_| refused());
        Ok::<_, String>(match part.split_once('=') {
            Some((module, _)) if TELL_TALES.iter().any(|name| module.trim().starts_with(name)) => targets,
            Some((module, level)) => targets.with_target(module.trim(), read(level)?),
            None => {
                usual = read(part)?;
                targets.with_default(usual)
            }
        })
    })?;
    Ok(TELL_TALES.iter().fold(targets, |targets, name| targets.with_target(*name, usual.min(LevelFilter::INFO))))
}

fn log_panics() {
    panic::set_hook(Box::new(|info| {
        let location = info.location().map(ToString::to_string).unwrap_or_default();
        let message = info.payload_as_str().unwrap_or("(no text)");
        tracing::error!(target: "chancery::panic", location, panic = message, "a task panicked");
    }));
}
