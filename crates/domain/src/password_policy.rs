//! The rules for passwords of an account's users.
//! Source: IAM User Guide, "Set an account password policy for IAM users"; IAM API Reference, `UpdateAccountPasswordPolicy`.

use chancery_model::{Invalid, Secret};
use serde::{Deserialize, Serialize};

/// AWS's password policy, field by field.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PasswordPolicy {
    /// The least length in characters, 6 to 128.
    pub minimum_password_length: u32,
    /// At least one of ``! @ # $ % ^ & * ( ) _ + - = [ ] { } | '``.
    pub require_symbols: bool,
    /// At least one digit.
    pub require_numbers: bool,
    /// At least one capital letter A to Z.
    pub require_uppercase_characters: bool,
    /// At least one small letter a to z.
    pub require_lowercase_characters: bool,
    /// Whether users may change their own password.
    pub allow_users_to_change_password: bool,
    /// After how many days a password expires, 1 to 1,095; never when absent.
    pub max_password_age: Option<u32>,
    /// How many earlier passwords may not be used again, 1 to 24; none when absent.
    pub password_reuse_prevention: Option<u32>,
    /// Whether an expired password can be changed by an administrator only.
    pub hard_expiry: bool,
}

const SYMBOLS: &str = "!@#$%^&*()_+-=[]{}|'";
/// The longest password, in characters, whatever the policy (IAM API Reference, `CreateLoginProfile`).
pub(crate) const PASSWORD_CHARS_MAX: usize = 128;

impl PasswordPolicy {
    /// What holds for a field that `UpdateAccountPasswordPolicy` is not given.
    pub const UPDATE_DEFAULT: Self = Self {
        minimum_password_length: 6,
        require_symbols: false,
        require_numbers: false,
        require_uppercase_characters: false,
        require_lowercase_characters: false,
        allow_users_to_change_password: false,
        max_password_age: None,
        password_reuse_prevention: None,
        hard_expiry: false,
    };

    /// What holds in an account without a policy of its own: 8 characters of three of the four classes.
    pub const LENGTH_WITHOUT_POLICY: usize = 8;
    /// How many classes of characters a password needs in an account without a policy of its own.
    pub const CLASSES_WITHOUT_POLICY: usize = 3;

    /// Refuses numbers outside AWS's ranges.
    ///
    /// # Errors
    /// [`Invalid`] at the field.
    pub fn validate(&self) -> Result<(), Invalid> {
        range("minimumPasswordLength", Some(self.minimum_password_length), 6, 128)?;
        range("maxPasswordAge", self.max_password_age, 1, 1_095)?;
        range("passwordReusePrevention", self.password_reuse_prevention, 1, 24)
    }

    /// What a password lacks under a policy (`None`: the account has none of its own); empty when it is good.
    #[must_use]
    pub fn lacks(policy: Option<&Self>, password: &Secret) -> Vec<String> {
        let text = password.expose();
        let chars = text.chars().count();
        let classes = Classes::of(text);
        let mut lacks = Vec::new();
        if chars > PASSWORD_CHARS_MAX {
            lacks.push(format!("at most {PASSWORD_CHARS_MAX} characters"));
        }
        match policy {
            Some(policy) => policy.own_rules(chars, &classes, &mut lacks),
            None => Self::default_rules(chars, &classes, &mut lacks),
        }
        lacks
    }

    fn own_rules(&self, chars: usize, classes: &Classes, lacks: &mut Vec<String>) {
        if chars < usize::try_from(self.minimum_password_length).unwrap_or(usize::MAX) {
            lacks.push(format!("at least {} characters", self.minimum_password_length));
        }
        let rules = [
            (self.require_symbols && !classes.symbol, "at least one symbol"),
            (self.require_numbers && !classes.digit, "at least one digit"),
            (self.require_uppercase_characters && !classes.upper, "at least one capital letter"),
            (self.require_lowercase_characters && !classes.lower, "at least one small letter"),
        ];
        lacks.extend(rules.iter().filter(|(broken, _)| *broken).map(|(_, rule)| (*rule).to_owned()));
    }

    fn default_rules(chars: usize, classes: &Classes, lacks: &mut Vec<String>) {
        if chars < Self::LENGTH_WITHOUT_POLICY {
            lacks.push(format!("at least {} characters", Self::LENGTH_WITHOUT_POLICY));
        }
        if classes.count() < Self::CLASSES_WITHOUT_POLICY {
            lacks.push("at least three of: capital letters, small letters, digits, symbols".to_owned());
        }
    }
}

struct Classes {
    upper: bool,
    lower: bool,
    digit: bool,
    symbol: bool,
}

impl Classes {
    fn of(text: &str) -> Self {
        Self {
            upper: text.bytes().any(|b| b.is_ascii_uppercase()),
            lower: text.bytes().any(|b| b.is_ascii_lowercase()),
            digit: text.bytes().any(|b| b.is_ascii_digit()),
            symbol: text.chars().any(|c| SYMBOLS.contains(c)),
        }
    }

    fn count(&self) -> usize {
        [self.upper, self.lower, self.digit, self.symbol].iter().filter(|present| **present).count()
    }
}

fn range(field: &str, value: Option<u32>, min: u32, max: u32) -> Result<(), Invalid> {
    match value {
        Some(value) if value < min => {
            Err(Invalid::new(field, &value.to_string(), format!("Member must have value greater than or equal to {min}")))
        }
        Some(value) if value > max => {
            Err(Invalid::new(field, &value.to_string(), format!("Member must have value less than or equal to {max}")))
        }
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lacks(policy: Option<&PasswordPolicy>, password: &str) -> usize {
        PasswordPolicy::lacks(policy, &Secret::new(password.to_owned())).len()
    }

    #[test]
    fn without_a_policy_eight_characters_of_three_classes() {
        assert_eq!(lacks(None, "Abcdefg1"), 0);
        assert_eq!(lacks(None, "Abcdef1"), 1);
        assert_eq!(lacks(None, "abcdefgh"), 1);
        assert_eq!(lacks(None, "abc"), 2);
        assert_eq!(lacks(None, &format!("Ab1{}", "x".repeat(125))), 0);
        assert_eq!(lacks(None, &format!("Ab1{}", "x".repeat(126))), 1);
    }

    #[test]
    fn a_policy_of_ones_own_asks_for_what_it_says() {
        let policy = PasswordPolicy {
            require_symbols: true,
            require_numbers: true,
            require_uppercase_characters: true,
            require_lowercase_characters: true,
            ..PasswordPolicy::UPDATE_DEFAULT
        };
        assert_eq!(lacks(Some(&policy), "aB1!xx"), 0);
        assert_eq!(lacks(Some(&policy), ""), 5);
        assert_eq!(lacks(Some(&PasswordPolicy::UPDATE_DEFAULT), "aaaaaa"), 0);
    }

    #[test]
    fn ranges_are_awss() {
        let with = |length, age, reuse| PasswordPolicy {
            minimum_password_length: length,
            max_password_age: age,
            password_reuse_prevention: reuse,
            ..PasswordPolicy::UPDATE_DEFAULT
        };
        for good in [with(6, None, None), with(128, Some(1_095), Some(24)), with(6, Some(1), Some(1))] {
            assert!(good.validate().is_ok());
        }
        for bad in [
            with(5, None, None),
            with(129, None, None),
            with(6, Some(0), None),
            with(6, Some(1_096), None),
            with(6, None, Some(25)),
        ] {
            assert!(bad.validate().is_err());
        }
    }
}
