//! The condition keys that every service knows, from "AWS global condition context keys" of the IAM User Guide.

use super::{ConditionKey, KeyType};

/// The global keys with one value.
const SINGLE: &[(&str, KeyType)] = &[
    ("aws:AssumedRoot", KeyType::Bool),
    ("aws:CalledViaAWSMCP", KeyType::String),
    ("aws:CalledViaFirst", KeyType::String),
    ("aws:CalledViaLast", KeyType::String),
    ("aws:ChatbotSourceArn", KeyType::Arn),
    ("aws:CurrentTime", KeyType::Date),
    ("aws:Ec2InstanceSourcePrivateIPv4", KeyType::IpAddress),
    ("aws:Ec2InstanceSourceVpc", KeyType::String),
    ("aws:EpochTime", KeyType::Date),
    ("aws:FederatedProvider", KeyType::String),
    ("aws:IsMcpServiceAction", KeyType::Bool),
    ("aws:MultiFactorAuthAge", KeyType::Numeric),
    ("aws:MultiFactorAuthPresent", KeyType::Bool),
    ("aws:PrincipalAccount", KeyType::String),
    ("aws:PrincipalArn", KeyType::Arn),
    ("aws:PrincipalIsAWSService", KeyType::Bool),
    ("aws:PrincipalOrgID", KeyType::String),
    ("aws:PrincipalServiceName", KeyType::String),
    ("aws:PrincipalTag/${TagKey}", KeyType::String),
    ("aws:PrincipalType", KeyType::String),
    ("aws:Referer", KeyType::String),
    ("aws:RequestTag/${TagKey}", KeyType::String),
    ("aws:RequestedRegion", KeyType::String),
    ("aws:ResourceAccount", KeyType::String),
    ("aws:ResourceOrgID", KeyType::String),
    ("aws:ResourceTag/${TagKey}", KeyType::String),
    ("aws:SecureTransport", KeyType::Bool),
    ("aws:SignInSessionArn", KeyType::Arn),
    ("aws:SourceAccount", KeyType::String),
    ("aws:SourceArn", KeyType::Arn),
    ("aws:SourceIdentity", KeyType::String),
    ("aws:SourceIp", KeyType::IpAddress),
    ("aws:SourceOrgID", KeyType::String),
    ("aws:SourceVpc", KeyType::String),
    ("aws:SourceVpcArn", KeyType::Arn),
    ("aws:SourceVpce", KeyType::String),
    ("aws:TokenIssueTime", KeyType::Date),
    ("aws:UserAgent", KeyType::String),
    ("aws:ViaAWSMCPService", KeyType::Bool),
    ("aws:ViaAWSService", KeyType::Bool),
    ("aws:VpcSourceIp", KeyType::IpAddress),
    ("aws:VpceAccount", KeyType::String),
    ("aws:VpceOrgID", KeyType::String),
    ("aws:userid", KeyType::String),
    ("aws:username", KeyType::String),
];

/// The global keys with any number of values.
const MULTIVALUED: &[(&str, KeyType)] = &[
    ("aws:CalledVia", KeyType::String),
    ("aws:PrincipalOrgPaths", KeyType::String),
    ("aws:PrincipalServiceNamesList", KeyType::String),
    ("aws:ResourceOrgPaths", KeyType::String),
    ("aws:SourceOrgPaths", KeyType::String),
    ("aws:TagKeys", KeyType::String),
    ("aws:VpceOrgPaths", KeyType::String),
];

/// The keys that belong to a service and are in the requests to others ("cross-service condition keys" of the same page).
pub(super) const CROSS_SERVICE: &[(&str, KeyType)] = &[
    ("codebuild:BuildArn", KeyType::Arn),
    ("codebuild:ProjectArn", KeyType::Arn),
    ("ec2:RoleDelivery", KeyType::Numeric),
    ("ec2:SourceInstanceArn", KeyType::Arn),
    ("glue:CredentialIssuingService", KeyType::String),
    ("glue:RoleAssumedBy", KeyType::String),
    ("identitystore:UserId", KeyType::String),
    ("lambda:SourceFunctionArn", KeyType::Arn),
    ("ssm:SourceInstanceArn", KeyType::Arn),
];

/// All of them.
pub(super) fn keys() -> Vec<ConditionKey> {
    let single = SINGLE.iter().chain(CROSS_SERVICE).map(|(name, value_type)| (name, value_type, false));
    let many = MULTIVALUED.iter().map(|(name, value_type)| (name, value_type, true));
    let mut keys: Vec<ConditionKey> = single
        .chain(many)
        .map(|(name, value_type, multivalued)| ConditionKey { name: (*name).into(), value_type: *value_type, multivalued })
        .collect();
    keys.sort_by(|a, b| super::compare(&a.name, &b.name));
    keys
}
