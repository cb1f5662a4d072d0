//! A layer that writes each event, with the fields of the spans around it, as one line.

use std::{fmt, io::Write, time::SystemTime};

use chancery_model::Timestamp;
use serde_json::{Map, Value};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
    span,
};
use tracing_subscriber::{Layer, fmt::MakeWriter, layer::Context, registry::LookupSpan};

use super::escape;
use crate::config::LogFormat;

/// Characters of one field; what is longer is cut.
const FIELD_CHARS_MAX: usize = 4_096;

pub(super) struct Lines<W> {
    format: LogFormat,
    writer: W,
}

impl<W> Lines<W> {
    pub(super) fn new(format: LogFormat, writer: W) -> Self {
        Self { format, writer }
    }
}

/// The fields of an event or a span, in the order of the source.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl Fields {
    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        // Lines of the older `log` crate name a file of the machine that built us; only their origin says something.
        if field.name().starts_with("log.") && field.name() != "log.target" {
            return;
        }
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.put(field, value.to_string());
    }
}

impl<S, W> Layer<S> for Lines<W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + 'static,
{
    fn on_new_span(&self, attributes: &span::Attributes<'_>, id: &span::Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &span::Id, values: &span::Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        for span in context.event_scope(event).into_iter().flatten() {
            if let Some(of_span) = span.extensions().get::<Fields>() {
                for (name, value) in &of_span.0 {
                    fields.0.entry(name.as_str()).or_insert_with(|| value.clone());
                }
            }
        }
        let mut line = match self.format {
            LogFormat::Text => text(event, fields.0),
            LogFormat::Json => json(event, fields.0),
        };
        line.push('\n');
        // There is nowhere to report that the log cannot be written.
        let _ = self.writer.make_writer_for(event.metadata()).write_all(line.as_bytes());
    }
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

fn text(event: &Event<'_>, mut fields: Map<String, Value>) -> String {
    let metadata = event.metadata();
    let mut line = format!("{} {:5} {}", now(), metadata.level(), metadata.target());
    if let Some(message) = fields.shift_remove("message") {
        line.push_str(": ");
        escape::plain(&mut line, &shown(&message), FIELD_CHARS_MAX);
    }
    for (name, value) in &fields {
        line.push(' ');
        line.push_str(name);
        line.push('=');
        escape::value(&mut line, &shown(value), FIELD_CHARS_MAX);
    }
    line
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

fn json(event: &Event<'_>, fields: Map<String, Value>) -> String {
    let metadata = event.metadata();
    let mut object = Map::new();
    object.insert("time".to_owned(), now().to_string().into());
    object.insert("level".to_owned(), metadata.level().as_str().into());
    object.insert("target".to_owned(), metadata.target().into());
    for (name, mut value) in fields {
        if let Value::String(text) = &mut value
            && let Some((end, _)) = text.char_indices().nth(FIELD_CHARS_MAX)
        {
            text.truncate(end);
            text.push('…');
        }
        object.entry(name).or_insert(value);
    }
    let mut line = String::new();
    escape::json(&mut line, &Value::Object(object).to_string());
    line
}
