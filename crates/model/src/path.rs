//! Paths: the folder-like part of an entity's ARN.
//! Source: IAM API Reference, `CreateUser`, parameter `Path`; `ListUsers`, parameter `PathPrefix`.

use std::fmt;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::Invalid;

/// The path of an entity: `/`, or text that begins and ends with `/`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Path(SmolStr);

impl Path {
    /// The longest path, in characters.
    pub const CHARS_MAX: usize = 512;

    /// The path of an entity that was given none.
    #[must_use]
    pub fn root() -> Self {
        Self(SmolStr::new_static("/"))
    }

    /// Reads a path.
    ///
    /// # Errors
    /// [`Invalid`] at field `path` when it is too long, does not begin and end with `/`, or has a character outside `!` to `~`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.is_empty() {
            return Err(Invalid::too_short("path", text, 1));
        }
        if text.chars().count() > Self::CHARS_MAX {
            return Err(Invalid::too_long("path", text, Self::CHARS_MAX));
        }
        let graphic = text.bytes().all(|b| (0x21..=0x7e).contains(&b));
        if !(graphic && text.starts_with('/') && text.ends_with('/')) || text == "//" {
            return Err(Invalid::pattern("path", text, r"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)"));
        }
        Ok(Self(SmolStr::new(text)))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Path {
    fn default() -> Self {
        Self::root()
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The beginning of a path, to list by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PathPrefix(SmolStr);

impl PathPrefix {
    /// Reads a prefix.
    ///
    /// # Errors
    /// [`Invalid`] at field `pathPrefix` when it is too long, does not begin with `/`, or has a character outside `!` to DEL.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.chars().count() > Path::CHARS_MAX {
            return Err(Invalid::too_long("pathPrefix", text, Path::CHARS_MAX));
        }
        let graphic = text.bytes().all(|b| (0x21..=0x7f).contains(&b));
        if !(graphic && text.starts_with('/')) {
            return Err(Invalid::pattern("pathPrefix", text, r"\u002F[\u0021-\u007F]*"));
        }
        Ok(Self(SmolStr::new(text)))
    }

    /// Whether a path begins with this.
    #[must_use]
    pub fn matches(&self, path: &Path) -> bool {
        path.as_str().starts_with(self.0.as_str())
    }
}

impl Default for PathPrefix {
    fn default() -> Self {
        Self(SmolStr::new_static("/"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_begin_and_end_with_a_slash() {
        for good in ["/", "/a/", "/division_abc/subdivision_xyz/", "/!~/"] {
            assert_eq!(Path::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "a", "/a", "a/", "//", "/a b/", "/é/", "/\u{7f}/", "/\n/"] {
            assert!(Path::parse(bad).is_err(), "{bad:?}");
        }
        assert!(Path::parse(&format!("/{}/", "a".repeat(510))).is_ok());
        assert!(Path::parse(&format!("/{}/", "a".repeat(511))).is_err());
    }

    #[test]
    fn a_prefix_need_not_end_with_a_slash() {
        let prefix = PathPrefix::parse("/div").unwrap();
        assert!(prefix.matches(&Path::parse("/division/").unwrap()));
        assert!(!prefix.matches(&Path::root()));
        assert!(PathPrefix::parse("div").is_err());
        assert!(PathPrefix::default().matches(&Path::root()));
    }
}
