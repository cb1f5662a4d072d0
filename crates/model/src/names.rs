//! The names that people give to entities, each with AWS's character set and length.
//! Source: IAM API Reference, the `*Name` parameters; IAM User Guide, "IAM and AWS STS quotas", "IAM name requirements".

use std::fmt;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::{Invalid, sealed::Plain};

/// A name as it is compared: lower case, because names are unique whatever their case.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NameKey(SmolStr);

impl NameKey {
    /// The key of any name, valid or not: an invalid one finds nothing.
    #[must_use]
    pub fn of(name: &str) -> Self {
        Self(if name.bytes().any(|b| b.is_ascii_uppercase()) { name.to_ascii_lowercase().into() } else { name.into() })
    }

    /// The text, in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for NameKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

const NAME_PATTERN: &str = r"[\w+=,.@-]+";

fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_+=,.@-".contains(c)
}

fn check(field: &str, text: &str, chars_max: usize) -> Result<(), Invalid> {
    if text.is_empty() {
        return Err(Invalid::too_short(field, text, 1));
    }
    if text.chars().count() > chars_max {
        return Err(Invalid::too_long(field, text, chars_max));
    }
    if !text.chars().all(is_name_char) {
        return Err(Invalid::pattern(field, text, NAME_PATTERN));
    }
    Ok(())
}

macro_rules! text_value {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(SmolStr);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Plain for $name {
            fn to_plain(&self) -> Vec<u8> {
                self.0.as_bytes().to_vec()
            }

            fn from_plain(bytes: &[u8]) -> Option<Self> {
                std::str::from_utf8(bytes).ok().map(|text| Self(SmolStr::new(text)))
            }
        }
    };
}
pub(crate) use text_value;

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $field:literal, $max:literal) => {
        text_value!($(#[$doc])* $name);

        impl $name {
            /// The longest such name, in characters.
            pub const CHARS_MAX: usize = $max;

            #[doc = concat!("Reads a name: 1 to ", $max, " letters, digits and `_+=,.@-`.")]
            ///
            /// # Errors
            #[doc = concat!("[`Invalid`] at field `", $field, "`.")]
            pub fn parse(text: &str) -> Result<Self, Invalid> {
                check($field, text, Self::CHARS_MAX)?;
                Ok(Self(SmolStr::new(text)))
            }

            /// The name as it is compared.
            #[must_use]
            pub fn key(&self) -> NameKey {
                NameKey::of(&self.0)
            }
        }
    };
}

name!(
    /// The name of a user. Personal: it stands in the log only sealed.
    UserName, "userName", 64
);
name!(
    /// The name of a group.
    GroupName, "groupName", 128
);
name!(
    /// The name of a role.
    RoleName, "roleName", 64
);
name!(
    /// The name of a managed or inline policy.
    PolicyName, "policyName", 128
);
name!(
    /// The name of an instance profile.
    InstanceProfileName, "instanceProfileName", 128
);

text_value!(
    /// An account's alias, by which its people sign in.
    AccountAlias
);

impl AccountAlias {
    /// Reads an alias: 3 to 63 lower-case letters, digits and single hyphens, neither first nor last.
    ///
    /// # Errors
    /// [`Invalid`] at field `accountAlias`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let field = "accountAlias";
        let chars = text.chars().count();
        if chars < 3 {
            return Err(Invalid::too_short(field, text, 3));
        }
        if chars > 63 {
            return Err(Invalid::too_long(field, text, 63));
        }
        let allowed = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !allowed || text.starts_with('-') || text.ends_with('-') || text.contains("--") {
            return Err(Invalid::pattern(field, text, "[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]"));
        }
        if text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Invalid::new(field, text, "Member must not look like an account id"));
        }
        Ok(Self(SmolStr::new(text)))
    }
}

text_value!(
    /// What a role or policy is for, in its owner's words.
    Description
);

impl Description {
    /// The longest description, in characters.
    pub const CHARS_MAX: usize = 1_000;

    /// Reads a description: up to 1,000 printable Latin-1 characters, tabs and line breaks.
    ///
    /// # Errors
    /// [`Invalid`] at field `description`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.chars().count() > Self::CHARS_MAX {
            return Err(Invalid::too_long("description", text, Self::CHARS_MAX));
        }
        if !text.chars().all(|c| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{7e}' | '\u{a1}'..='\u{ff}')) {
            return Err(Invalid::pattern("description", text, r"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*"));
        }
        Ok(Self(SmolStr::new(text)))
    }
}

text_value!(
    /// The name of an organizational unit, or of an organization's policy.
    Title
);

impl Title {
    /// The longest title, in characters.
    pub const CHARS_MAX: usize = 128;

    /// Reads a title: 1 to 128 characters, none of them a control character.
    /// Source: AWS Organizations API Reference, `Name` of `CreateOrganizationalUnit` and `CreatePolicy`.
    ///
    /// # Errors
    /// [`Invalid`] at field `name`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.is_empty() {
            return Err(Invalid::too_short("name", text, 1));
        }
        if text.chars().count() > Self::CHARS_MAX {
            return Err(Invalid::too_long("name", text, Self::CHARS_MAX));
        }
        if text.chars().any(char::is_control) {
            return Err(Invalid::new("name", text, "Member must not have control characters"));
        }
        Ok(Self(SmolStr::new(text)))
    }
}

text_value!(
    /// The e-mail address of an account's root user. Personal: it stands in the log only sealed.
    EmailAddress
);

impl EmailAddress {
    /// Reads an address: 6 to 254 printable characters, one `@` with text on both sides, no blank.
    ///
    /// # Errors
    /// [`Invalid`] at field `email`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let chars = text.chars().count();
        if chars < 6 {
            return Err(Invalid::too_short("email", text, 6));
        }
        if chars > 254 {
            return Err(Invalid::too_long("email", text, 254));
        }
        let shape = text.split_once('@').is_some_and(|(local, host)| !local.is_empty() && host.len() > 1 && !host.contains('@'));
        if !shape || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(Invalid::pattern("email", text, r"[^\s@]+@[^\s@]+"));
        }
        Ok(Self(SmolStr::new(text)))
    }
}

text_value!(
    /// The token by which a client repeats a request safely.
    ClientToken
);

impl ClientToken {
    /// Reads a token: 1 to 64 graphic ASCII characters.
    ///
    /// # Errors
    /// [`Invalid`] at field `clientToken`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.is_empty() {
            return Err(Invalid::too_short("clientToken", text, 1));
        }
        if text.chars().count() > 64 {
            return Err(Invalid::too_long("clientToken", text, 64));
        }
        if !text.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Invalid::pattern("clientToken", text, "[!-~]+"));
        }
        Ok(Self(SmolStr::new(text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_awss_characters_and_lengths() {
        for good in ["a", "Ada.Lovelace", "x_+=,.@-9"] {
            assert!(UserName::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "a b", "a/b", "é", "a\n", "a\0", "a%2e", "\u{202e}a"] {
            assert!(UserName::parse(bad).is_err(), "{bad:?}");
        }
        assert!(UserName::parse(&"u".repeat(64)).is_ok());
        assert!(UserName::parse(&"u".repeat(65)).is_err());
        assert!(GroupName::parse(&"g".repeat(128)).is_ok());
        assert!(GroupName::parse(&"g".repeat(129)).is_err());
    }

    #[test]
    fn a_refusal_reads_like_awss() {
        let refused = UserName::parse("a b").unwrap_err().to_string();
        assert_eq!(
            refused,
            r"1 validation error detected: Value 'a b' at 'userName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]+"
        );
    }

    #[test]
    fn a_refusal_neither_echoes_control_characters_nor_a_megabyte() {
        let refused = UserName::parse(&format!("\u{1b}[31m\r\n{}", "x".repeat(1_000_000))).unwrap_err().to_string();
        assert!(refused.chars().all(|c| !c.is_control()), "{refused}");
        assert!(refused.len() < 1_000);
    }

    #[test]
    fn names_are_compared_whatever_their_case() {
        assert_eq!(UserName::parse("ADA").unwrap().key(), NameKey::of("ada"));
    }

    #[test]
    fn aliases() {
        for good in ["abc", "my-corp-1", &"a".repeat(63)] {
            assert!(AccountAlias::parse(good).is_ok(), "{good}");
        }
        for bad in ["ab", "Abc", "-abc", "abc-", "a--b", "a_b", "123456789012", &"a".repeat(64)] {
            assert!(AccountAlias::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn titles() {
        for good in ["a", "Sandbox / é 1", &"é".repeat(128)] {
            assert!(Title::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "a\nb", &"a".repeat(129)] {
            assert!(Title::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn addresses() {
        for good in ["root@x.org", "a.b+c@host"] {
            assert!(EmailAddress::parse(good).is_ok(), "{good}");
        }
        for bad in ["a@b", "nobody", "a@@b.cc", "a b@c.dd", "@host.org", "a@b.c\n"] {
            assert!(EmailAddress::parse(bad).is_err(), "{bad:?}");
        }
    }
}
