//! Scalars: values that GraphQL's own types have no room for, or would let anything through as.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};

/// The place of a record in the log, counted from 0: a string of digits, because it outgrows GraphQL's 32-bit `Int`.
/// A whole number is taken as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seq(pub(crate) chancery_model::Sequence);

/// The place of a record in the log, counted from 0: a string of digits, because it outgrows GraphQL's 32-bit `Int`.
/// A whole number is taken as well.
#[Scalar(name = "Seq")]
impl ScalarType for Seq {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => Ok(Self(text.parse().map_err(InputValueError::custom)?)),
            Value::Number(number) if number.is_u64() => Ok(Self(chancery_model::Sequence(number.as_u64().unwrap_or_default()))),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A whole number from 0 of up to 64 bits, as a string of digits. A JSON number is taken as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Count(pub(crate) u64);

/// A whole number from 0 of up to 64 bits, as a string of digits. A JSON number is taken as well.
#[Scalar(name = "Count")]
impl ScalarType for Count {
    fn parse(value: Value) -> InputValueResult<Self> {
        let refused = "a whole number from 0, or a string of its digits";
        match &value {
            Value::String(text) if text.bytes().all(|b| b.is_ascii_digit()) => {
                Ok(Self(text.parse().map_err(|_| InputValueError::custom(refused))?))
            }
            Value::Number(number) if number.is_u64() => Ok(Self(number.as_u64().unwrap_or_default())),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A moment in RFC 3339, as in `2026-01-31T12:00:00.000Z`. Answers are in UTC with milliseconds; any offset is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Timestamp(pub(crate) chancery_model::Timestamp);

/// A moment in RFC 3339, as in `2026-01-31T12:00:00.000Z`. Answers are in UTC with milliseconds; any offset is taken.
#[Scalar(name = "Timestamp")]
impl ScalarType for Timestamp {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => Ok(Self(text.parse().map_err(InputValueError::custom)?)),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// The twelve digits of an account, as a string: leading zeros count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AccountId(pub(crate) chancery_model::AccountId);

/// The twelve digits of an account, as a string: leading zeros count.
#[Scalar(name = "AccountId")]
impl ScalarType for AccountId {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => Ok(Self(text.parse().map_err(InputValueError::custom)?)),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}
