//! Policy documents.

use chancery_policy::{Document, Kind, PolicyText, size_without_white_space};

use super::Entry;

/// A text as a document of every kind: what is read prints, and reads back as it was.
pub(super) fn policy() -> Entry {
    Box::new(|data| {
        let Ok(text) = std::str::from_utf8(data) else { return };
        for kind in [Kind::Identity, Kind::AwsManaged, Kind::Trust, Kind::Resource] {
            let read = Document::parse(text, kind);
            assert_eq!(PolicyText::parse(text, kind).is_ok(), read.is_ok());
            match read {
                Ok(document) => check(text, kind, &document),
                Err(malformed) => assert!(!malformed.to_string().is_empty()),
            }
        }
        if let Ok(document) = Document::parse_saved(text) {
            assert_eq!(Document::parse_saved(&document.to_json()).as_ref(), Ok(&document));
        }
    })
}

fn check(text: &str, kind: Kind, document: &Document) {
    assert!(!document.statements.is_empty());
    assert!(text.chars().count() <= kind.chars_max());
    assert!(size_without_white_space(text) <= text.chars().count());
    // What is accepted today is read for ever.
    assert_eq!(Document::parse_saved(text).as_ref(), Ok(document));
    let printed = document.to_json();
    assert_eq!(Document::parse(&printed, kind).as_ref(), Ok(document), "{printed}");
}
