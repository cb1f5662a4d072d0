//! Condition keys: names that are compared without regard to case.
//!
//! "Key names are not case-sensitive" (IAM User Guide, "IAM JSON policy elements: Condition"), the part after the slash of
//! a tag key included. A [`Key`] is folded once; the global keys that requests carry are kept as a number.

use std::fmt;

use smol_str::SmolStr;

/// A condition key such as `aws:PrincipalTag/team`, its case folded. Cheap to clone, compare and hash.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Name);

// The order (known keys first) means nothing but is the same everywhere: contexts search in it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Name {
    /// An index into [`KNOWN`].
    Known(u8),
    /// Folded.
    Other(SmolStr),
}

/// The keys that nearly every policy and request is about, sorted. They are compared as one byte.
const KNOWN: &[&str] = &[
    "aws:calledvia",
    "aws:calledviafirst",
    "aws:calledvialast",
    "aws:currenttime",
    "aws:epochtime",
    "aws:federatedprovider",
    "aws:multifactorauthage",
    "aws:multifactorauthpresent",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalisawsservice",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalservicename",
    "aws:principalservicenameslist",
    "aws:principaltype",
    "aws:referer",
    "aws:requestedregion",
    "aws:resourceaccount",
    "aws:resourceorgid",
    "aws:resourceorgpaths",
    "aws:securetransport",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceidentity",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:tagkeys",
    "aws:tokenissuetime",
    "aws:useragent",
    "aws:userid",
    "aws:username",
    "aws:viaawsservice",
    "aws:vpcsourceip",
];

impl Key {
    /// The key with a name in any case.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let folded = SmolStr::from_iter(text.chars().map(|c| c.to_ascii_lowercase()));
        let known = KNOWN.binary_search(&folded.as_str()).ok().and_then(|index| u8::try_from(index).ok());
        Self(known.map_or(Name::Other(folded), Name::Known))
    }

    /// The name in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Name::Known(index) => KNOWN.get(usize::from(*index)).copied().unwrap_or_default(),
            Name::Other(folded) => folded,
        }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<&str> for Key {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_keys_are_sorted_folded_and_fit_a_byte() {
        assert!(KNOWN.is_sorted_by(|a, b| a < b));
        assert!(KNOWN.len() <= usize::from(u8::MAX));
        for known in KNOWN {
            assert_eq!(Key::new(&known.to_ascii_uppercase()).as_str(), *known);
            assert!(matches!(Key::new(known).0, Name::Known(_)), "{known}");
        }
    }

    #[test]
    fn case_does_not_count() {
        assert_eq!(Key::new("aws:PrincipalTag/Team"), Key::new("AWS:principaltag/team"));
        assert_eq!(Key::new("aws:SourceIp"), Key::new("AWS:SOURCEIP"));
        assert_ne!(Key::new("aws:RequestTag/team"), Key::new("aws:RequestTag/teams"));
        assert_eq!(Key::new("s3:Prefix").to_string(), "s3:prefix");
    }
}
