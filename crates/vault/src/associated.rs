//! What a sealed field is bound to: its account, its subject and its place. Moved elsewhere, it does not open.

use chancery_model::{AccountId, SubjectId};

/// Where a sealed field stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealContext<'a> {
    /// The account that the datum belongs to.
    pub account: AccountId,
    /// Event and field, as in `user.created.v1/name`.
    pub field: &'a str,
}

impl SealContext<'_> {
    /// The associated data: algorithm byte, account, subject, field. Only the last varies in length.
    pub(crate) fn associated(&self, algorithm: u8, subject: SubjectId) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(1 + 8 + 16 + self.field.len());
        bytes.push(algorithm);
        bytes.extend_from_slice(&self.account.number().to_le_bytes());
        bytes.extend_from_slice(&u128::from(subject.0).to_le_bytes());
        bytes.extend_from_slice(self.field.as_bytes());
        bytes
    }
}
