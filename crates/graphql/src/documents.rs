//! Parsed documents, kept: programs send the same few texts with other variables.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use async_graphql::{
    Name, ServerError,
    parser::{parse_query, types::ExecutableDocument},
};

use crate::{
    limits::{Shape, check_document, check_text},
    order::root_keys,
};

/// How many documents a generation holds; two generations are kept, so that at most 512 × 8 KiB of text are.
const GENERATION_MAX: usize = 256;

/// A document that is within the limits of this door.
pub(crate) struct Document {
    pub(crate) parsed: ExecutableDocument,
    pub(crate) shape: Shape,
    /// The response keys at the root, in order.
    pub(crate) root_keys: Vec<Name>,
    valid: AtomicBool,
}

impl Document {
    /// Parses a text and checks its limits.
    fn parse(text: &str) -> Result<Self, ServerError> {
        check_text(text)?;
        let parsed = parse_query(text).map_err(|error| without_the_text(error.into()))?;
        let shape = check_document(&parsed)?;
        let root_keys = root_keys(&parsed);
        Ok(Self { parsed, shape, root_keys, valid: AtomicBool::new(false) })
    }

    /// Whether the document has passed every rule before.
    pub(crate) fn is_valid(&self) -> bool {
        self.valid.load(Ordering::Acquire)
    }

    /// Notes that it has.
    pub(crate) fn set_valid(&self) {
        self.valid.store(true, Ordering::Release);
    }
}

/// The parser shows the line that it failed on, and a password may stand there: only what it expected is told on.
fn without_the_text(mut error: ServerError) -> ServerError {
    if let Some((_, expected)) = error.message.rsplit_once("\n  = ") {
        error.message = format!("The query is not GraphQL: {expected}.");
    }
    error
}

/// The documents that were used lately. A text is compared in full: no hash stands for it.
#[derive(Default)]
pub(crate) struct Documents(Mutex<Generations>);

#[derive(Default)]
struct Generations {
    young: HashMap<Arc<str>, Arc<Document>>,
    old: HashMap<Arc<str>, Arc<Document>>,
}

impl Generations {
    fn get(&mut self, text: &str) -> Option<Arc<Document>> {
        if let Some(known) = self.young.get(text) {
            return Some(Arc::clone(known));
        }
        let (text, known) = self.old.remove_entry(text)?;
        self.put(text, Arc::clone(&known));
        Some(known)
    }

    fn put(&mut self, text: Arc<str>, document: Arc<Document>) {
        if self.young.len() >= GENERATION_MAX {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(text, document);
    }
}

impl Documents {
    /// The document of a text, parsed now or before.
    pub(crate) fn get(&self, text: &str) -> Result<Arc<Document>, ServerError> {
        if let Some(known) = self.lock().get(text) {
            return Ok(known);
        }
        let document = Arc::new(Document::parse(text)?);
        if keep(text, document.shape) {
            self.lock().put(text.into(), Arc::clone(&document));
        }
        Ok(document)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Generations> {
        // A map that a panic left behind holds whole documents or none.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A mutation with its values in the text is hardly ever sent twice, and one of the values may be a password.
fn keep(text: &str, shape: Shape) -> bool {
    !shape.mutates || !text.contains('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_parsed_once() {
        let documents = Documents::default();
        let first = documents.get("{ me { arn } }").unwrap();
        assert!(Arc::ptr_eq(&first, &documents.get("{ me { arn } }").unwrap()));
        assert!(!Arc::ptr_eq(&first, &documents.get("{ me { arn  } }").unwrap()));
    }

    #[test]
    fn a_text_with_a_password_in_it_is_not_kept() {
        let documents = Documents::default();
        let text = r#"mutation { signIn(input: {password: "secret"}) { session { id } } }"#;
        let first = documents.get(text).unwrap();
        assert!(!Arc::ptr_eq(&first, &documents.get(text).unwrap()));
        let text = "mutation($input: SignInInput!) { signIn(input: $input) { session { id } } }";
        assert!(Arc::ptr_eq(&documents.get(text).unwrap(), &documents.get(text).unwrap()));
    }

    #[test]
    fn what_is_used_stays_and_the_rest_goes() {
        let documents = Documents::default();
        let used = documents.get("{ used }").unwrap();
        for number in 0..GENERATION_MAX * 5 {
            documents.get(&format!("{{ unused{number} }}")).unwrap();
            if number % 10 == 0 {
                assert!(Arc::ptr_eq(&used, &documents.get("{ used }").unwrap()));
            }
        }
        let generations = documents.0.lock().unwrap();
        assert!(generations.young.len() + generations.old.len() <= 2 * GENERATION_MAX + 1);
    }
}
