//! What is right or wrong with a statement as a whole: its Sid, its principals' being there, the size of the document.

use std::collections::BTreeMap;

use crate::{Effect, text::size_without_white_space};

use super::{
    IssueCode, Path, PolicyType,
    outline::{Outline, Statement},
    report::Report,
};

/// How many characters a policy may have, without white space for IAM's and with it for the others. From "IAM and AWS STS
/// quotas", "Quotas for AWS Organizations" and, for resources, the quota of S3's bucket policies, which most services share.
const IDENTITY_CHARS_MAX: usize = 6_144;
const TRUST_CHARS_MAX: usize = 2_048;
const RESOURCE_CHARS_MAX: usize = 20_480;
const SCP_CHARS_MAX: usize = 10_240;
const RCP_CHARS_MAX: usize = 5_120;

pub(super) fn check_size(text: &str, policy_type: PolicyType, report: &mut Report) {
    let (size, max, code) = match policy_type {
        PolicyType::Identity => {
            (size_without_white_space(text), IDENTITY_CHARS_MAX, IssueCode::PolicySizeExceedsIdentityPolicyQuota)
        }
        PolicyType::Trust => (size_without_white_space(text), TRUST_CHARS_MAX, IssueCode::PolicySizeExceedsRoleTrustPolicyQuota),
        PolicyType::Resource => (text.chars().count(), RESOURCE_CHARS_MAX, IssueCode::PolicySizeExceedsResourcePolicyQuota),
        PolicyType::ServiceControl => (text.chars().count(), SCP_CHARS_MAX, IssueCode::PolicySizeExceedsScpQuota),
        PolicyType::ResourceControl => (text.chars().count(), RCP_CHARS_MAX, IssueCode::PolicySizeExceedsRcpQuota),
    };
    if size > max {
        report.add(code, &Path::default(), format!("The policy has {size} characters; {max} are allowed."));
    }
}

pub(super) fn check_sids(policy: &Outline<'_>, policy_type: PolicyType, report: &mut Report) {
    let mut seen: BTreeMap<&str, &Path> = BTreeMap::new();
    for sid in policy.statements.iter().filter_map(|statement| statement.sid.as_ref()) {
        if sid.text.is_empty() {
            report.add(IssueCode::EmptySidValue, &sid.path, "The Sid is empty.");
            continue;
        }
        // S3, KMS and others allow spaces and more; IAM and Organizations do not.
        let strict = policy_type != PolicyType::Resource;
        if strict && !sid.text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            report.add(
                IssueCode::UnsupportedSid,
                &sid.path,
                format!("The Sid {} has other characters than letters and digits.", sid.text),
            );
        }
        if let Some(first) = seen.insert(sid.text, &sid.path) {
            let code = if strict { IssueCode::UniqueSidsRequired } else { IssueCode::UniqueSidsRecommended };
            let details = format!("The Sid {} is that of another statement too, {first}.", sid.text);
            report.add(code, &sid.path, details);
        }
    }
}

/// Whether the principal may, must or must not be named.
pub(super) fn check_principal_element(statement: &Statement<'_>, policy_type: PolicyType, report: &mut Report) {
    let Some(principals) = &statement.principals else {
        if matches!(policy_type, PolicyType::Resource | PolicyType::Trust | PolicyType::ResourceControl) {
            report.add(IssueCode::MissingPrincipal, &statement.path, "The statement has no Principal.");
        }
        return;
    };
    match policy_type {
        PolicyType::Identity => {
            let details = "The principals of an identity-based policy are whom it is attached to.";
            report.add(IssueCode::UnsupportedPrincipal, &principals.path, details);
        }
        PolicyType::ServiceControl => {
            report.add(IssueCode::ScpSyntaxErrorPrincipal, &principals.path, "A service control policy names no principals.");
        }
        PolicyType::Trust if principals.not => {
            let details = "A trust policy says who may assume the role, never who may not.";
            report.add(IssueCode::RoleTrustPolicySyntaxErrorNotprincipal, &principals.path, details);
        }
        PolicyType::Resource if principals.not && statement.is(Effect::Allow) => {
            let details = "Allow with NotPrincipal lets in everyone who is not listed, anonymous callers too.";
            report.add(IssueCode::AllowWithNotPrincipal, &principals.path, details);
        }
        PolicyType::Trust | PolicyType::Resource | PolicyType::ResourceControl => {}
    }
}
