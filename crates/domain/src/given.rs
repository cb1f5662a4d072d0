//! Personal and secret input of commands: open when it comes in, sealed before the writer sees it.
//!
//! The engine seals a command while it prepares it, outside the writer; `decide` then finds the ciphertext that the
//! event will carry. A command that reaches `decide` unsealed is refused, so that nothing can be logged in clear.

use std::{
    fmt,
    hash::{Hash, Hasher},
};

use chancery_model::{Personal, Plain, Sealed, SealedBytes, Secret, SubjectId};

use crate::Rejection;

/// The names under which fields are sealed. They are part of the ciphertext's associated data: never change one.
pub mod field {
    /// A user's name.
    pub const USER_NAME: &str = "user.name";
    /// The value of a user's tag.
    pub const USER_TAG: &str = "user.tag";
    /// The hash of a user's password.
    pub const USER_PASSWORD: &str = "user.password";
    /// The e-mail address of the root user.
    pub const ROOT_EMAIL: &str = "root.email";
    /// The hash of the root user's password.
    pub const ROOT_PASSWORD: &str = "root.password";
    /// Where a request came from.
    pub const ORIGIN: &str = "record.origin";
}

/// Marks a sealed password hash.
pub enum PasswordHash {}

/// Sealing did not succeed: the key store is at fault, not the command.
#[derive(Debug, thiserror::Error)]
#[error("sealing failed: {0}")]
pub struct SealFailed(pub String);

/// Seals fields for one account. The engine implements it over the vault.
pub trait Sealer {
    /// A new subject, whose key is durable already.
    ///
    /// # Errors
    /// When the key store cannot give one.
    fn new_subject(&mut self) -> Result<SubjectId, SealFailed>;

    /// Seals `plain` under the subject's key, bound to the field's name.
    ///
    /// # Errors
    /// When the subject has no key (any more).
    fn seal(&mut self, subject: SubjectId, field: &'static str, plain: &[u8]) -> Result<SealedBytes, SealFailed>;
}

/// Opens personal fields of one account that were read from storage.
pub trait Opener {
    /// The plain bytes; `None` when the subject is erased.
    fn open(&mut self, field: &'static str, sealed: &SealedBytes) -> Option<Vec<u8>>;
}

/// A personal datum as a command brings it.
#[derive(Clone)]
pub struct Given<T> {
    open: T,
    sealed: Option<SealedBytes>,
}

impl<T: Plain + Clone> Given<T> {
    /// Takes the datum in clear.
    #[must_use]
    pub fn new(open: T) -> Self {
        Self { open, sealed: None }
    }

    /// The datum in clear.
    #[must_use]
    pub fn open(&self) -> &T {
        &self.open
    }

    /// Seals the datum for the log.
    ///
    /// # Errors
    /// As the sealer's.
    pub fn seal(&mut self, subject: SubjectId, field: &'static str, sealer: &mut dyn Sealer) -> Result<(), SealFailed> {
        self.sealed = Some(sealer.seal(subject, field, &self.open.to_plain())?);
        Ok(())
    }

    /// The datum as the event carries it.
    ///
    /// # Errors
    /// [`Rejection::Unsealed`] when nobody sealed it.
    pub fn personal(&self) -> Result<Personal<T>, Rejection> {
        let sealed = self.sealed.clone().ok_or(Rejection::Unsealed)?;
        Ok(Personal::new(self.open.clone(), sealed))
    }

    /// The same, for a subject that exists.
    ///
    /// # Errors
    /// [`Rejection::ConcurrentModification`] when it was sealed for another subject: the entity was replaced meanwhile.
    pub fn personal_of(&self, subject: SubjectId) -> Result<Personal<T>, Rejection> {
        let personal = self.personal()?;
        if personal.subject() == subject { Ok(personal) } else { Err(Rejection::ConcurrentModification) }
    }
}

/// The clear text counts, not the ciphertext: two requests with the same input are the same.
impl<T: Hash> Hash for Given<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.open.hash(state);
    }
}

impl<T> fmt::Debug for Given<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Given(…)")
    }
}

/// A new password as a command brings it: the clear text for the password policy, and its sealed hash for the event.
#[derive(Clone, Debug)]
pub struct NewPassword {
    clear: Secret,
    hash: Option<Secret>,
    sealed: Option<SealedBytes>,
}

impl NewPassword {
    /// Takes the password.
    #[must_use]
    pub fn new(clear: Secret) -> Self {
        Self { clear, hash: None, sealed: None }
    }

    /// The password in clear.
    #[must_use]
    pub fn clear(&self) -> &Secret {
        &self.clear
    }

    /// Takes the hash of it, as a PHC string: the slow part, made outside the writer.
    pub fn set_hash(&mut self, phc: Secret) {
        self.hash = Some(phc);
    }

    /// Seals the hash.
    ///
    /// # Errors
    /// When there is no hash, or as the sealer's.
    pub fn seal(&mut self, subject: SubjectId, field: &'static str, sealer: &mut dyn Sealer) -> Result<(), SealFailed> {
        let hash = self.hash.take().ok_or_else(|| SealFailed("the password is not hashed".to_owned()))?;
        self.sealed = Some(sealer.seal(subject, field, hash.expose().as_bytes())?);
        Ok(())
    }

    /// The hash as the event carries it.
    ///
    /// # Errors
    /// [`Rejection::Unsealed`], or [`Rejection::ConcurrentModification`] when it was sealed for another subject.
    pub fn sealed_for(&self, subject: SubjectId) -> Result<Sealed<PasswordHash>, Rejection> {
        let sealed = self.sealed.clone().ok_or(Rejection::Unsealed)?;
        if sealed.subject == subject { Ok(Sealed::new(sealed)) } else { Err(Rejection::ConcurrentModification) }
    }

    /// For whom it was sealed.
    ///
    /// # Errors
    /// [`Rejection::Unsealed`].
    pub fn subject(&self) -> Result<SubjectId, Rejection> {
        self.sealed.as_ref().map(|sealed| sealed.subject).ok_or(Rejection::Unsealed)
    }
}

impl Hash for NewPassword {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.clear.expose().hash(state);
    }
}
