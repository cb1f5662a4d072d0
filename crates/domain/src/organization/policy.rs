//! Control policies: the organization's own, and the two of AWS's that let everything through.

use std::{
    fmt,
    str::FromStr,
    sync::{Arc, LazyLock},
};

use chancery_model::{Description, Invalid, OrganizationPolicyId, Timestamp, Title};
use chancery_policy::{Kind, PolicyText};
use serde::{Deserialize, Serialize};

use crate::{QuotaName, VersionId};

/// The types of control policy. Stored by place: append only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum PolicyType {
    /// Service control policies limit what the principals of accounts may do.
    ServiceControl,
    /// Resource control policies limit what may be done to the resources of accounts.
    ResourceControl,
}

impl PolicyType {
    /// Every type.
    pub const ALL: [Self; 2] = [Self::ServiceControl, Self::ResourceControl];

    /// The name in AWS's API: `SERVICE_CONTROL_POLICY`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ServiceControl => "SERVICE_CONTROL_POLICY",
            Self::ResourceControl => "RESOURCE_CONTROL_POLICY",
        }
    }

    /// The same in ARNs.
    #[must_use]
    pub fn arn_part(self) -> &'static str {
        match self {
            Self::ServiceControl => "service_control_policy",
            Self::ResourceControl => "resource_control_policy",
        }
    }

    /// The kind of its documents.
    #[must_use]
    pub fn kind(self) -> Kind {
        match self {
            Self::ServiceControl => Kind::ServiceControl,
            Self::ResourceControl => Kind::ResourceControl,
        }
    }

    /// AWS's policy of this type, which every place gets when the type is enabled, or when the place comes after that.
    #[must_use]
    pub fn default_policy(self) -> OrganizationPolicyId {
        match self {
            Self::ServiceControl => OrganizationPolicyId::FullAwsAccess,
            Self::ResourceControl => OrganizationPolicyId::RcpFullAwsAccess,
        }
    }

    /// The quota of policies of this type.
    pub(crate) fn quota(self) -> QuotaName {
        match self {
            Self::ServiceControl => QuotaName::ServiceControlPoliciesPerOrganization,
            Self::ResourceControl => QuotaName::ResourceControlPoliciesPerOrganization,
        }
    }
}

impl fmt::Display for PolicyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for PolicyType {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let names = Self::ALL.map(Self::as_str).join(", ");
        let refused = || Invalid::new("policyType", text, format!("Member must satisfy enum value set: [{names}]"));
        Self::ALL.into_iter().find(|known| known.as_str() == text).ok_or_else(refused)
    }
}

/// A control policy as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationPolicy {
    /// Its id; renames keep it.
    pub id: OrganizationPolicyId,
    /// Its type, for good.
    pub policy_type: PolicyType,
    /// Its name, unique within its type.
    pub name: Title,
    /// What it is for.
    pub description: Option<Description>,
    /// The document.
    pub text: PolicyText,
    /// How often the document has been written: what was made of it holds for this number alone.
    pub version: VersionId,
    /// When it was created.
    pub created: Timestamp,
    /// When it last changed.
    pub updated: Timestamp,
}

/// AWS's two policies, from the beginning of time.
static AWS_POLICIES: LazyLock<[Arc<OrganizationPolicy>; 2]> = LazyLock::new(|| {
    let service = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    let resource = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#;
    [
        Arc::new(of_aws(PolicyType::ServiceControl, "FullAWSAccess", "Allows access to every operation", service)),
        Arc::new(of_aws(PolicyType::ResourceControl, "RCPFullAWSAccess", "Allows access to every resource", resource)),
    ]
});

#[expect(clippy::expect_used, reason = "the texts are literals, and a test makes both policies")]
fn of_aws(policy_type: PolicyType, name: &str, description: &str, document: &str) -> OrganizationPolicy {
    // AWS's resource control policy allows, which customers' cannot: it is read as any policy on a resource.
    let kind = match policy_type {
        PolicyType::ServiceControl => Kind::ServiceControl,
        PolicyType::ResourceControl => Kind::Resource,
    };
    OrganizationPolicy {
        id: policy_type.default_policy(),
        policy_type,
        name: Title::parse(name).expect("a literal"),
        description: Description::parse(description).ok(),
        text: PolicyText::parse(document, kind).expect("a literal"),
        version: VersionId(1),
        created: Timestamp::from_millis(0),
        updated: Timestamp::from_millis(0),
    }
}

impl OrganizationPolicy {
    /// Whether it is one of AWS's, which can be neither changed nor deleted.
    #[must_use]
    pub fn is_awss(&self) -> bool {
        self.id == self.policy_type.default_policy()
    }

    /// AWS's policies.
    #[must_use]
    pub fn of_aws() -> &'static [Arc<Self>] {
        AWS_POLICIES.as_slice()
    }
}
