//! Who asks, and whether an element of a document is about them.
//!
//! A [`Caller`] is a principal as a request has it; [`crate::Principal`] is what a document says. [`Naming`] is how the
//! one is named by the other, which decides what else must allow the request.
//! Source: IAM User Guide, "AWS JSON policy elements: Principal".

use std::fmt;

use chancery_model::Invalid;
use smol_str::SmolStr;

/// The principal of a request.
///
/// ```
/// use chancery_policy::Caller;
///
/// let session = Caller::parse("arn:aws:sts::111122223333:assumed-role/auditor/ada")?;
/// assert_eq!(session.account(), Some("111122223333"));
/// assert!(Caller::parse("ada").is_err());
/// # Ok::<(), chancery_model::Invalid>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    kind: CallerKind,
    /// The ARN, or the name of a service or provider; `anonymous`.
    name: SmolStr,
    partition: SmolStr,
    account: Option<SmolStr>,
    issuer: Option<SmolStr>,
    unique_id: Option<SmolStr>,
    canonical_id: Option<SmolStr>,
}

/// What kind of principal asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CallerKind {
    /// The root user of an account.
    Root,
    /// An IAM user.
    User,
    /// A role, where the request does not say which session of it.
    Role,
    /// A session of a role.
    RoleSession,
    /// A session of `GetFederationToken`.
    FederatedUser,
    /// An AWS service on its own behalf.
    Service,
    /// Someone whom an identity provider vouches for, before a role is assumed: the caller of
    /// `AssumeRoleWithWebIdentity` and `AssumeRoleWithSAML`.
    Provider,
    /// Someone who is not signed in.
    Anonymous,
}

/// How a document names a caller, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Naming {
    /// By the account, which leaves it to the account's administrator to grant the permission.
    Account,
    /// By the role of a session, or the user behind a federated session: what limits the session stays in force.
    Issuer,
    /// By itself or as one of everyone: the permission is granted directly.
    Direct,
}

/// The public identity providers that trust policies name by host (IAM User Guide, "Web identity session principals").
const WEB_PROVIDERS: [&str; 3] = ["accounts.google.com", "graph.facebook.com", "www.amazon.com"];

impl Caller {
    /// Reads a principal: an ARN, a 12-digit account id (its root user), the host name of a service or of a public identity
    /// provider, or `anonymous`.
    ///
    /// # Errors
    /// [`Invalid`] at `principal` for anything else.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let refused = || Invalid::new("principal", text, RIGHT);
        if text == "anonymous" || text == "*" {
            return Ok(Self::anonymous());
        }
        if is_account(text) {
            return Ok(Self::of_account(CallerKind::Root, &format!("arn:aws:iam::{text}:root"), "aws", text));
        }
        let Some((partition, service, account, resource)) = arn_parts(text) else {
            let host = text.contains('.') && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
            let kind = if WEB_PROVIDERS.contains(&text) { CallerKind::Provider } else { CallerKind::Service };
            return if host { Ok(Self::outside(kind, text)) } else { Err(refused()) };
        };
        let kind = match (service, resource.split_once('/').map_or(resource, |(kind, _)| kind)) {
            ("iam", "saml-provider" | "oidc-provider") => return Ok(Self::outside(CallerKind::Provider, text)),
            // Such as CloudFront's origin access identities: `arn:aws:iam::cloudfront:user/…`.
            ("iam", "user") if !is_account(account) => return Ok(Self::outside(CallerKind::Service, text)),
            ("iam", "root") => CallerKind::Root,
            ("iam", "user") => CallerKind::User,
            ("iam", "role") => CallerKind::Role,
            ("sts", "assumed-role") if resource.split('/').count() == 3 => CallerKind::RoleSession,
            ("sts", "federated-user") => CallerKind::FederatedUser,
            _ => return Err(refused()),
        };
        let named = kind == CallerKind::Root || resource.split('/').all(|part| !part.is_empty());
        if named && is_account(account) { Ok(Self::of_account(kind, text, partition, account)) } else { Err(refused()) }
    }

    /// Someone who is not signed in.
    #[must_use]
    pub fn anonymous() -> Self {
        Self::outside(CallerKind::Anonymous, "anonymous")
    }

    /// This session with the ARN of its role, path included, or of the user behind a federated session. Without it a role
    /// is recognised by its name, which is unique in an account, and a user by the name of the federated session.
    #[must_use]
    pub fn with_issuer(mut self, arn: &str) -> Self {
        self.issuer = Some(arn.into());
        self
    }

    /// This user or role, or the role of this session, with its unique id (`AIDA…`, `AROA…`).
    #[must_use]
    pub fn with_unique_id(mut self, id: &str) -> Self {
        self.unique_id = Some(id.into());
        self
    }

    /// This caller with the canonical user id by which S3 knows the account.
    #[must_use]
    pub fn with_canonical_id(mut self, id: &str) -> Self {
        self.canonical_id = Some(id.into());
        self
    }

    /// What kind of principal this is.
    #[must_use]
    pub fn kind(&self) -> CallerKind {
        self.kind
    }

    /// The ARN, or the name of a service or provider; `anonymous`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The account whose policies speak for the caller; none for services, providers and anonymous callers.
    #[must_use]
    pub fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    /// The partition, `aws` where nothing says otherwise.
    #[must_use]
    pub fn partition(&self) -> &str {
        &self.partition
    }

    /// Whether this is a service-linked role, whose permissions belong to AWS: neither service nor resource control policies
    /// affect it (AWS Organizations User Guide, "SCP effects on permissions", "RCP effects on permissions").
    #[must_use]
    pub fn is_service_linked(&self) -> bool {
        let role = match self.kind {
            CallerKind::Role => Some(&self.name),
            CallerKind::RoleSession => self.issuer.as_ref(),
            CallerKind::Root | CallerKind::User | CallerKind::FederatedUser => None,
            CallerKind::Service | CallerKind::Provider | CallerKind::Anonymous => None,
        };
        role.is_some_and(|arn| arn.contains(":role/aws-service-role/"))
    }

    /// Whether this is the caller's account, by its id or its root's partition and id.
    fn is_of(&self, partition: Option<&str>, account: &str) -> bool {
        self.account() == Some(account) && partition.is_none_or(|partition| partition == self.partition)
    }

    /// The last part of the ARN's name that a role or user of the same name would have.
    fn issuer_name(&self) -> Option<&str> {
        let mut parts = self.name.split('/');
        match self.kind {
            CallerKind::RoleSession | CallerKind::FederatedUser => parts.nth(1),
            CallerKind::Root | CallerKind::User | CallerKind::Role => None,
            CallerKind::Service | CallerKind::Provider | CallerKind::Anonymous => None,
        }
    }

    fn of_account(kind: CallerKind, arn: &str, partition: &str, account: &str) -> Self {
        Self { account: Some(account.into()), partition: partition.into(), ..Self::outside(kind, arn) }
    }

    fn outside(kind: CallerKind, name: &str) -> Self {
        let name = SmolStr::new(name);
        Self { kind, name, partition: "aws".into(), account: None, issuer: None, unique_id: None, canonical_id: None }
    }
}

impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

const RIGHT: &str = "Member must be the ARN of a root user, user, role, role session, federated user or identity provider, an account id, \
                     a service such as ec2.amazonaws.com, or anonymous";

/// A principal of a document, read once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Named {
    Everyone,
    Account {
        partition: Option<SmolStr>,
        account: SmolStr,
    },
    /// A user or role: `kind` is that of its sessions.
    Issuer {
        arn: SmolStr,
        partition: SmolStr,
        account: SmolStr,
        sessions: CallerKind,
    },
    /// An ARN, unique id, service or provider that stands for itself only.
    Itself(SmolStr),
    /// `CanonicalUser`: an account.
    Canonical(SmolStr),
}

impl Named {
    pub(crate) fn compile(principal: &crate::Principal) -> Self {
        match principal {
            crate::Principal::Everyone => Named::Everyone,
            crate::Principal::Aws(text) if text == "*" => Named::Everyone,
            crate::Principal::Aws(text) => Self::aws(text),
            crate::Principal::Service(name) | crate::Principal::Federated(name) => Named::Itself(name.clone()),
            crate::Principal::CanonicalUser(id) => Named::Canonical(id.clone()),
        }
    }

    fn aws(text: &SmolStr) -> Self {
        if is_account(text) {
            return Named::Account { partition: None, account: text.clone() };
        }
        let Some((partition, "iam", account, resource)) = arn_parts(text) else { return Named::Itself(text.clone()) };
        let sessions = match resource.split_once('/') {
            None if resource == "root" => return Named::Account { partition: Some(partition.into()), account: account.into() },
            Some(("role", _)) => CallerKind::RoleSession,
            Some(("user", _)) => CallerKind::FederatedUser,
            _ => return Named::Itself(text.clone()),
        };
        Named::Issuer { arn: text.clone(), partition: partition.into(), account: account.into(), sessions }
    }

    /// How this names a caller, if it does. There are no wildcards but the one that is everyone: "You cannot use a wildcard to
    /// match part of a principal name or ARN."
    pub(crate) fn names(&self, caller: &Caller) -> Option<Naming> {
        match self {
            Named::Everyone => Some(Naming::Direct),
            Named::Account { partition, account } => {
                caller.is_of(partition.as_deref(), account).then_some(account_naming(caller.kind))
            }
            Named::Issuer { arn, .. } if *arn == caller.name => Some(itself_naming(caller.kind)),
            Named::Issuer { arn, partition, account, sessions } => {
                let session = caller.kind == *sessions && caller.is_of(Some(partition), account);
                (session && is_issuer(arn, caller)).then_some(Naming::Issuer)
            }
            Named::Itself(_) if caller.kind == CallerKind::Anonymous => None,
            Named::Itself(name) if *name == caller.name => Some(Naming::Direct),
            Named::Itself(name) => (Some(name) == caller.unique_id.as_ref()).then_some(itself_naming(caller.kind)),
            Named::Canonical(id) => (Some(id) == caller.canonical_id.as_ref()).then_some(account_naming(caller.kind)),
        }
    }
}

/// The root user is the account.
fn account_naming(kind: CallerKind) -> Naming {
    if kind == CallerKind::Root { Naming::Direct } else { Naming::Account }
}

/// A user is itself; of a role it is always a session that acts, and the id of a session is that of its role.
fn itself_naming(kind: CallerKind) -> Naming {
    match kind {
        CallerKind::Role | CallerKind::RoleSession | CallerKind::FederatedUser => Naming::Issuer,
        CallerKind::Root | CallerKind::User => Naming::Direct,
        CallerKind::Service | CallerKind::Provider | CallerKind::Anonymous => Naming::Direct,
    }
}

fn is_issuer(arn: &str, session: &Caller) -> bool {
    match &session.issuer {
        Some(issuer) => issuer == arn,
        None => session.issuer_name().is_some_and(|name| arn.rsplit('/').next() == Some(name)),
    }
}

/// Twelve digits.
fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

/// Partition, service, account and resource.
fn arn_parts(text: &str) -> Option<(&str, &str, &str, &str)> {
    let mut parts = text.strip_prefix("arn:")?.splitn(5, ':');
    let (partition, service, _region) = (parts.next()?, parts.next()?, parts.next()?);
    Some((partition, service, parts.next()?, parts.next()?))
}

#[cfg(test)]
#[path = "principal_tests.rs"]
mod tests;
