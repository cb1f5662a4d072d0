//! Refusals as GraphQL errors: AWS's code and what helps in `extensions`.

use async_graphql::{Error, ErrorExtensionValues, ServerError, Value};
use chancery_domain::Rejection;
use chancery_engine::EngineError;
use chancery_model::{Invalid, RequestId};
use chancery_policy::Malformed;

/// The code of a document that is no GraphQL, does not fit the schema, or is over a limit of this door.
pub(crate) const VALIDATION_CODE: &str = "GraphQLValidation";

/// What a resolver fails with. It has no `Display`, so that it cannot become an error without its code.
#[derive(Debug, Clone)]
pub(crate) struct Fault(Box<EngineError>);

/// What resolvers return.
pub(crate) type Answer<T> = Result<T, Fault>;

/// What a field answers with that may be refused on its own: null and an error, while its neighbours stand.
pub(crate) type Nullable<T> = Option<Answer<T>>;

/// The answer of a field that may be refused, or be null.
pub(crate) async fn nullable<T>(work: impl Future<Output = Answer<Option<T>>>) -> Nullable<T> {
    work.await.transpose()
}

/// The answer of a field that may be refused, and is otherwise there.
pub(crate) async fn refusable<T>(work: impl Future<Output = Answer<T>>) -> Nullable<T> {
    Some(work.await)
}

impl From<EngineError> for Fault {
    fn from(error: EngineError) -> Self {
        Self(Box::new(error))
    }
}

impl From<Rejection> for Fault {
    fn from(rejection: Rejection) -> Self {
        EngineError::from(rejection).into()
    }
}

impl From<Invalid> for Fault {
    fn from(invalid: Invalid) -> Self {
        EngineError::from(invalid).into()
    }
}

impl From<Malformed> for Fault {
    fn from(malformed: Malformed) -> Self {
        Rejection::from(malformed).into()
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        let error = fault.0;
        let mut extensions = ErrorExtensionValues::default();
        extensions.set("code", error.code());
        if let Some(field) = error.field() {
            extensions.set("field", field);
        }
        if let Some((name, value)) = error.limit() {
            extensions.set("limit", limit_value(name, value));
        }
        if let Some(seconds) = error.retry_after_seconds() {
            extensions.set("retryAfterSeconds", seconds);
        }
        Self { message: error.to_string(), source: Some(std::sync::Arc::new(*error)), extensions: Some(extensions) }
    }
}

/// `{name, value}` of a limit.
fn limit_value(name: &str, value: u64) -> Value {
    async_graphql::value!({ "name": name, "value": value })
}

/// A limit of this door that a document or a message is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OverLimit {
    /// Its name in `extensions.limit`.
    pub(crate) name: &'static str,
    /// Its value.
    pub(crate) value: u64,
    /// What it is about, as in "the query text has more than 8192 bytes".
    pub(crate) message: String,
}

impl From<OverLimit> for ServerError {
    fn from(over: OverLimit) -> Self {
        let mut error = coded(VALIDATION_CODE, over.message);
        set(&mut error, "limit", limit_value(over.name, over.value));
        error
    }
}

/// An error with a code.
pub(crate) fn coded(code: &str, message: impl Into<String>) -> ServerError {
    let mut error = ServerError::new(message, None);
    set(&mut error, "code", code);
    error
}

fn set(error: &mut ServerError, name: &str, value: impl Into<Value>) {
    error.extensions.get_or_insert_with(ErrorExtensionValues::default).set(name, value);
}

/// Gives an error that async-graphql made its code and limit, and every error its request id.
pub(crate) fn complete(error: &mut ServerError, request: RequestId) {
    if error.extensions.as_ref().is_none_or(|known| known.get("code").is_none()) {
        name_limit(error);
        without_the_value(error);
        set(error, "code", VALIDATION_CODE);
    }
    set(error, "requestId", request.to_string());
}

/// async-graphql shows the value that does not fit, and where a text is expected it may be a password.
fn without_the_value(error: &mut ServerError) {
    const TEXT: &str = "Expected input type \"String\"";
    if error.message.starts_with(TEXT) {
        error.message = format!("{TEXT}.");
    }
}

/// async-graphql says that a query is too deep or complex, but not what would be allowed.
fn name_limit(error: &mut ServerError) {
    use crate::limits::{COMPLEXITY_MAX, DEPTH_MAX, DIRECTIVES_PER_FIELD_MAX, RECURSIVE_DEPTH_MAX};
    let message = error.message.as_str();
    let (name, value, what) = if message.starts_with("Query is too complex") {
        let how = "a list costs its fields times a tenth of `first`";
        ("complexity", COMPLEXITY_MAX, format!("The query is too complex: the limit is {COMPLEXITY_MAX} ({how})."))
    } else if message.starts_with("Query is nested too deep") {
        ("depth", DEPTH_MAX, format!("The query is nested too deep: the limit is {DEPTH_MAX} levels."))
    } else if message.starts_with("The recursion depth of the query") {
        ("recursiveDepth", RECURSIVE_DEPTH_MAX, message.to_owned())
    } else if message.starts_with("The number of directives on the field") {
        ("directivesPerField", DIRECTIVES_PER_FIELD_MAX, message.to_owned())
    } else {
        return;
    };
    error.message = what;
    set(error, "limit", limit_value(name, u64::try_from(value).unwrap_or(u64::MAX)));
}

/// The engine's error behind an error of an answer, if there is one.
pub(crate) fn engine_error(error: &ServerError) -> Option<&EngineError> {
    error.source::<EngineError>()
}
