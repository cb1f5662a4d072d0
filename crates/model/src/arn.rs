//! Amazon Resource Names of IAM's entities.
//! Source: IAM User Guide, "IAM identifiers", section "IAM ARNs".

use std::fmt;

use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

use crate::{AccountId, GroupName, InstanceProfileName, Invalid, Path, PolicyName, RoleName, UserName};

/// `arn:partition:service:region:account:resource`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Arn(SmolStr);

impl Arn {
    /// The longest ARN, in characters.
    pub const CHARS_MAX: usize = 2_048;

    /// Reads an ARN as IAM's API takes it: six parts, the first `arn`, partition, service and resource not empty; at least 20
    /// characters (`arnType`).
    ///
    /// # Errors
    /// [`Invalid`] at field `arn`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.chars().count() < 20 {
            return Err(Invalid::too_short("arn", text, 20));
        }
        Self::of_resource(text)
    }

    /// Reads the ARN of anything, whatever its service: those of S3's buckets may be shorter than IAM's API allows.
    ///
    /// # Errors
    /// [`Invalid`] at field `arn`.
    pub fn of_resource(text: &str) -> Result<Self, Invalid> {
        if text.chars().count() > Self::CHARS_MAX {
            return Err(Invalid::too_long("arn", text, Self::CHARS_MAX));
        }
        let mut parts = text.splitn(6, ':');
        let shape = parts.next() == Some("arn")
            && parts.next().is_some_and(|partition| !partition.is_empty())
            && parts.next().is_some_and(|service| !service.is_empty())
            && parts.next().is_some()
            && parts.next().is_some()
            && parts.next().is_some_and(|resource| !resource.is_empty());
        if !shape || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(Invalid::new("arn", text, "Member must be an ARN: arn:partition:service:region:account:resource"));
        }
        Ok(Self(SmolStr::new(text)))
    }

    /// `arn:aws:iam::ACCOUNT:root`.
    #[must_use]
    pub fn root(account: AccountId) -> Self {
        Self(format_smolstr!("arn:aws:iam::{account}:root"))
    }

    /// `arn:aws:iam::ACCOUNT:user/path/name`.
    #[must_use]
    pub fn user(account: AccountId, path: &Path, name: &UserName) -> Self {
        Self(format_smolstr!("arn:aws:iam::{account}:user{path}{name}"))
    }

    /// `arn:aws:iam::ACCOUNT:group/path/name`.
    #[must_use]
    pub fn group(account: AccountId, path: &Path, name: &GroupName) -> Self {
        Self(format_smolstr!("arn:aws:iam::{account}:group{path}{name}"))
    }

    /// `arn:aws:iam::ACCOUNT:role/path/name`.
    #[must_use]
    pub fn role(account: AccountId, path: &Path, name: &RoleName) -> Self {
        Self(format_smolstr!("arn:aws:iam::{account}:role{path}{name}"))
    }

    /// `arn:aws:iam::ACCOUNT:policy/path/name`: a customer managed policy.
    #[must_use]
    pub fn policy(account: AccountId, path: &Path, name: &PolicyName) -> Self {
        Self(format_smolstr!("arn:aws:iam::{account}:policy{path}{name}"))
    }

    /// `arn:aws:iam::ACCOUNT:instance-profile/path/name`.
    #[must_use]
    pub fn instance_profile(account: AccountId, path: &Path, name: &InstanceProfileName) -> Self {
        Self(format_smolstr!("arn:aws:iam::{account}:instance-profile{path}{name}"))
    }

    /// `arn:aws:organizations::MANAGEMENT:resource`, as in `ou/o-…/ou-…`; `aws` instead of the account for AWS's own policies.
    #[must_use]
    pub fn organization(management: Option<AccountId>, resource: &str) -> Self {
        match management {
            Some(account) => Self(format_smolstr!("arn:aws:organizations::{account}:{resource}")),
            None => Self(format_smolstr!("arn:aws:organizations::aws:{resource}")),
        }
    }

    /// An entity of an account that may not exist: `kind` as in `user`, `name` as the caller gave it, `*` for all.
    #[must_use]
    pub fn entity(account: AccountId, kind: &str, path_and_name: &str) -> Self {
        Self(format_smolstr!("arn:aws:iam::{account}:{kind}/{path_and_name}"))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn part(&self, at: usize) -> &str {
        self.0.splitn(6, ':').nth(at).unwrap_or_default()
    }

    /// `aws`, `aws-cn` …
    #[must_use]
    pub fn partition(&self) -> &str {
        self.part(1)
    }

    /// `iam`, `s3` …
    #[must_use]
    pub fn service(&self) -> &str {
        self.part(2)
    }

    /// The account's part as written: an id, `aws` for AWS's own policies, or nothing.
    #[must_use]
    pub fn account_text(&self) -> &str {
        self.part(4)
    }

    /// The account, where the ARN names one.
    #[must_use]
    pub fn account(&self) -> Option<AccountId> {
        AccountId::parse(self.part(4)).ok()
    }

    /// All after the fifth colon: `user/path/name`.
    #[must_use]
    pub fn resource(&self) -> &str {
        self.part(5)
    }

    /// The last part of the resource: the name of an IAM entity.
    #[must_use]
    pub fn resource_name(&self) -> &str {
        self.resource().rsplit('/').next().unwrap_or_default()
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_an_arn() {
        let account = AccountId::parse("012345678901").unwrap();
        let arn = Arn::user(account, &Path::parse("/a/b/").unwrap(), &UserName::parse("ada").unwrap());
        assert_eq!(arn.as_str(), "arn:aws:iam::012345678901:user/a/b/ada");
        assert_eq!((arn.service(), arn.account(), arn.resource()), ("iam", Some(account), "user/a/b/ada"));
        assert_eq!(arn.resource_name(), "ada");
        assert_eq!(Arn::parse(arn.as_str()).unwrap(), arn);
    }

    #[test]
    fn what_is_no_arn() {
        for bad in [
            "",
            "arn:aws:iam::1:",
            "arn:aws:iam::123456789012",
            "nra:aws:iam::123456789012:user/a",
            "arn:aws:iam::123456789012:user/a b",
        ] {
            assert!(Arn::parse(bad).is_err(), "{bad}");
        }
        assert!(Arn::parse("arn:aws:s3:::logs").is_err() && Arn::of_resource("arn:aws:s3:::logs").is_ok());
        assert!(Arn::of_resource("arn:aws:s3:::").is_err());
    }
}
