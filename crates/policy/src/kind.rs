//! What a document is for, and which elements and how many characters that allows.

/// What a policy document is attached to. The grammar is one; what must and must not be in it differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Inline and managed policies of users, groups and roles, boundaries and session policies: the principal
    /// is the holder, so `Principal` is forbidden and `Resource` required.
    Identity,
    /// The same, written by AWS itself, whose longest document is over the limit that it sets for others.
    AwsManaged,
    /// Who may assume a role: `Principal` is required, `Resource` forbidden (it is the role), and the actions
    /// are those of STS.
    Trust,
    /// A policy on a resource of a service: `Principal` is required. Services define their own resources
    /// (`execute-api:/stage`), some leave `Resource` out, and most allow spaces in a `Sid`.
    Resource,
    /// A service control policy of an organization: it limits what the principals of accounts may do. `Principal` is
    /// forbidden, the rest of the language may be used. Source: Organizations User Guide, "SCP syntax".
    ServiceControl,
    /// A resource control policy of an organization: it limits what may be done to the resources of accounts. It denies
    /// alone, `Principal` is `"*"`, and `NotPrincipal` and `NotAction` are not there. AWS's own `RCPFullAWSAccess`, which
    /// allows, is not of this kind. Source: Organizations User Guide, "RCP syntax".
    ResourceControl,
}

/// Whether an element belongs in a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    Required,
    Optional,
    Forbidden,
}

impl Kind {
    /// The longest document that IAM's API takes at all, white space included (`policyDocumentType`). The quotas,
    /// which are smaller and do not count white space, belong to the account.
    pub const DOCUMENT_CHARS_MAX: usize = 131_072;
    /// The longest document taken from AWS's own catalogue, white space included. Its longest has 152,297.
    pub const AWS_MANAGED_CHARS_MAX: usize = 1_048_576;
    /// The longest control policy, white space included. Source: Organizations User Guide, "Quotas and service limits".
    pub const CONTROL_CHARS_MAX: usize = 5_120;

    /// The longest document of this kind, in characters with white space.
    #[must_use]
    pub fn chars_max(self) -> usize {
        match self {
            Kind::Identity | Kind::Trust | Kind::Resource => Self::DOCUMENT_CHARS_MAX,
            Kind::AwsManaged => Self::AWS_MANAGED_CHARS_MAX,
            Kind::ServiceControl | Kind::ResourceControl => Self::CONTROL_CHARS_MAX,
        }
    }

    pub(crate) fn principal(self) -> Need {
        match self {
            Kind::Identity | Kind::AwsManaged | Kind::ServiceControl => Need::Forbidden,
            Kind::Trust | Kind::Resource | Kind::ResourceControl => Need::Required,
        }
    }

    pub(crate) fn resource(self) -> Need {
        match self {
            Kind::Identity | Kind::AwsManaged | Kind::ServiceControl | Kind::ResourceControl => Need::Required,
            Kind::Trust => Need::Forbidden,
            Kind::Resource => Need::Optional,
        }
    }

    /// Whether a `Sid` is held to `[0-9A-Za-z]*`: by IAM yes, by S3, KMS and others no.
    pub(crate) fn alphanumeric_sid(self) -> bool {
        match self {
            Kind::Identity | Kind::AwsManaged | Kind::Trust | Kind::ServiceControl | Kind::ResourceControl => true,
            Kind::Resource => false,
        }
    }

    /// Whether it is a policy of an organization.
    pub(crate) fn is_control(self) -> bool {
        match self {
            Kind::ServiceControl | Kind::ResourceControl => true,
            Kind::Identity | Kind::AwsManaged | Kind::Trust | Kind::Resource => false,
        }
    }
}
