//! What AWS refuses when a document of a kind is saved, though it follows the grammar, in AWS's words.
//!
//! AWS checks less than one would think: it takes actions and services that do not exist, condition keys without
//! a vendor and empty lists of condition values. These are the business of a linter, not of a refusal.

use crate::{
    Effect, Kind, Malformed, Operator, Principal, Scope, Statement, Version,
    malformed::{Position, shown},
};

/// The text as a whole: its length, and the characters `[\u0009\u000A\u000D\u0020-\u00FF]` of IAM's API.
pub(crate) fn check_text(text: &str, kind: Kind) -> Result<(), Malformed> {
    let chars_max = kind.chars_max();
    // Counting stops at the limit: bytes are at least as many as characters.
    if text.len() > chars_max && text.chars().nth(chars_max).is_some() {
        let message = format!("The policy document is too long. It must have at most {chars_max} characters.");
        return Err(Malformed::new("", message));
    }
    let (mut line, mut column) = (1, 1);
    for c in text.chars() {
        if !matches!(c, '\t' | '\n' | '\r' | ' '..='\u{ff}') {
            let message = format!(
                "The specified value for policyDocument is invalid. The character {} is not allowed, only tab, line feed, \
                 carriage return and \\u0020 to \\u00FF; escape others in JSON or replace them.",
                c.escape_unicode()
            );
            return Err(Malformed { position: Some(Position { line, column }), ..Malformed::new("", message) });
        }
        (line, column) = if c == '\n' { (line + 1, 1) } else { (line, column + c.len_utf8()) };
    }
    Ok(())
}

pub(crate) fn sid_message(sid: &str) -> String {
    format!(
        "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*. \
         Found `{}`.",
        shown(sid)
    )
}

pub(crate) fn missing_action_message(kind: Option<Kind>) -> &'static str {
    match kind {
        Some(Kind::Trust | Kind::Resource) => "Missing required field Action.",
        Some(Kind::Identity | Kind::AwsManaged | Kind::ServiceControl | Kind::ResourceControl) | None => {
            "Policy statement must contain actions."
        }
    }
}

pub(crate) fn unknown_operator_detail(name: &str) -> String {
    let found = shown(name);
    Operator::nearest(name).map_or_else(
        || format!("There is no condition operator `{found}`."),
        |operator| format!("The condition operator `{found}` must be written `{operator}`."),
    )
}

/// The version of a control policy, which AWS wants written out.
pub(crate) fn control_version(kind: Kind, given: Option<Version>) -> Result<(), &'static str> {
    if !kind.is_control() || given == Some(Version::V2012) {
        return Ok(());
    }
    Err("A policy of an organization must include the field Version with the value `2012-10-17`.")
}

/// What a statement of a resource control policy may be: the field at fault and why.
pub(crate) fn resource_control(statement: &Statement) -> Result<(), (&'static str, &'static str)> {
    if statement.effect != Effect::Deny {
        return Err(("Effect", "A resource control policy can only deny; what it does not deny, RCPFullAWSAccess lets through."));
    }
    match &statement.principals {
        Some(Scope::Except(_)) => return Err(("NotPrincipal", "A resource control policy cannot have NotPrincipal.")),
        Some(Scope::Only(only)) if only.iter().any(|one| *one != Principal::Everyone) => {
            return Err(("Principal", "The principal of a resource control policy must be `\"*\"`: narrow it with Condition."));
        }
        Some(Scope::Only(_)) | None => {}
    }
    match &statement.actions {
        Scope::Except(_) => Err(("NotAction", "A resource control policy cannot have NotAction: name the actions in Action.")),
        Scope::Only(_) => Ok(()),
    }
}

/// `*` or `vendor:Name`. AWS takes any name, so that new actions need no new parser.
pub(crate) fn action(action: &str, kind: Kind, not: bool) -> Result<(), String> {
    let vendor = match action.split_once(':') {
        None if action == "*" => "*",
        None => {
            let found = shown(action);
            let message = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
            return Err(format!("{message} Found `{found}`."));
        }
        Some((_, name)) if name.contains(':') => {
            return Err(format!("Actions/Condition can contain only one colon. Found `{}`.", shown(action)));
        }
        Some((_, "")) => return Err(format!("The action `{}` has no name after its vendor.", shown(action))),
        Some((vendor, _)) => vendor,
    };
    let plain = !vendor.is_empty() && vendor.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'));
    if !plain && vendor != "*" {
        return Err(format!("Vendor {} is not valid", shown(vendor)));
    }
    if kind == Kind::Trust && (not || !vendor.eq_ignore_ascii_case("sts")) {
        return Err("AssumeRole policy may only specify STS AssumeRole actions.".to_owned());
    }
    Ok(())
}

/// The partitions of AWS, and the wildcard for all of them.
const PARTITIONS: &[&str] = &["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc", "*"];

/// What the path of an IAM resource starts with, as AWS's message lists it.
const IAM_PATHS: &[&str] = &[
    "user/",
    "federated-user/",
    "role/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
];

/// What AWS's own policies use and the message does not list.
const IAM_PATHS_UNLISTED: &[&str] = &["root", "role-template/", "delegation-request/"];

/// The resources of S3 that live in a region; buckets and objects do not.
const S3_REGIONAL: &[&str] = &["accesspoint", "access-grants", "async-request", "job", "storage-lens", "storage-lens-group"];

/// `*` or an ARN. Trailing parts may be left out: AWS reads them as wildcards.
pub(crate) fn resource(resource: &str, kind: Kind) -> Result<(), String> {
    if resource == "*" {
        return Ok(());
    }
    let not_an_arn = || format!("Resource {} must be in ARN format or \"*\".", shown(resource));
    if kind == Kind::Resource {
        // Services resolve their own short forms, such as API Gateway's `execute-api:/stage/GET/pets`.
        return if resource.contains(':') { Ok(()) } else { Err(not_an_arn()) };
    }
    let (prefix, rest) = resource.split_once(':').ok_or_else(not_an_arn)?;
    let mut parts = rest.splitn(5, ':');
    let partition = parts.next().unwrap_or_default();
    if !PARTITIONS.contains(&partition) {
        return Err(unknown_partition(partition, parts));
    }
    if prefix != "arn" {
        return Err(not_an_arn());
    }
    let vendor = parts.next().unwrap_or_default();
    check_vendor(resource, vendor)?;
    let (region, _account, path) =
        (parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    match vendor {
        "iam" => iam_resource(resource, region, path),
        "s3" => s3_resource(resource, region, path),
        _ => Ok(()),
    }
}

fn unknown_partition<'a>(partition: &str, mut rest: impl Iterator<Item = &'a str>) -> String {
    // A part that is not there is a wildcard; one that is empty stays so.
    let mut part = || shown(rest.next().unwrap_or("*"));
    let (vendor, region, account, path) = (part(), part(), part(), part());
    let partition = shown(partition);
    format!("Partition \"{partition}\" is not valid for resource \"arn:{partition}:{vendor}:{region}:{account}:{path}\".")
}

fn check_vendor(resource: &str, vendor: &str) -> Result<(), String> {
    if vendor.contains(['*', '?']) || resource.matches(':').count() < 2 {
        let message = "Resource vendor must be fully qualified and cannot contain regexes.";
        return Err(format!("{message} Found `{}`.", shown(resource)));
    }
    if vendor.is_empty() || (resource.contains("::") && resource.matches(':').count() < 5) {
        let detail = "is not an ARN: write arn:partition:service:region:account:resource, with empty parts as they are";
        return Err(format!("The policy failed legacy parsing. `{}` {detail}.", shown(resource)));
    }
    Ok(())
}

fn iam_resource(resource: &str, region: &str, path: &str) -> Result<(), String> {
    if !region.is_empty() {
        return Err(format!("IAM resource {} cannot contain region information.", shown(resource)));
    }
    // A wildcard or a variable may stand for the rest of any of them.
    let fixed = path.split(['*', '?', '$']).next().unwrap_or_default();
    let open = fixed.len() < path.len();
    let fits = |start: &&str| path.starts_with(*start) || (open && start.starts_with(fixed));
    if IAM_PATHS.iter().chain(IAM_PATHS_UNLISTED).any(fits) {
        return Ok(());
    }
    Err(format!("IAM resource path must either be \"*\" or start with {}.", IAM_PATHS.join(", ")))
}

fn s3_resource(resource: &str, region: &str, path: &str) -> Result<(), String> {
    let first = path.split('/').next().unwrap_or_default();
    if region.is_empty() || S3_REGIONAL.contains(&first) || first.contains(['*', '?', '$']) {
        return Ok(());
    }
    Err(format!("Resource {} can not contain region information.", shown(resource)))
}

/// The value of a principal, whose form depends on its class. AWS takes no wildcard within a value.
pub(crate) fn principal(class: &str, value: &str, kind: Kind) -> Result<(), String> {
    let (valid, right) = match class {
        "AWS" => (aws_principal(value), "an account id, the ARN of a root, user, role or session, or \"*\""),
        "Service" => (host_name(value), "a service such as ec2.amazonaws.com"),
        "Federated" => {
            (identity_provider(value), "the ARN of a saml-provider or an oidc-provider, or a host such as accounts.google.com")
        }
        _ if kind == Kind::Trust => (false, "AWS, Service or Federated: canonical users are principals of S3 only"),
        _ => (value.len() == 64 && value.bytes().all(|b| b.is_ascii_hexdigit()), "64 hexadecimal digits"),
    };
    if valid {
        return Ok(());
    }
    let class = if class == "AWS" { class.to_owned() } else { class.to_ascii_uppercase() };
    Err(format!("Invalid principal in policy: \"{class}\":\"{}\". It must be {right}.", shown(value)))
}

fn aws_principal(value: &str) -> bool {
    if value == "*" || is_account_id(value) || is_unique_id(value) {
        return true;
    }
    let Some((vendor, account, path)) = plain_arn(value) else { return false };
    let named = |prefix: &str| path.strip_prefix(prefix).is_some_and(|name| !name.is_empty());
    match vendor {
        // CloudFront's origin access identities are users of an account called `cloudfront`.
        "iam" if account == "cloudfront" => named("user/"),
        "iam" => is_account_id(account) && (path == "root" || named("user/") || named("role/")),
        "sts" => is_account_id(account) && (named("assumed-role/") || named("federated-user/")),
        _ => false,
    }
}

fn identity_provider(value: &str) -> bool {
    match plain_arn(value) {
        Some(("iam", account, path)) => {
            let named = |prefix: &str| path.strip_prefix(prefix).is_some_and(|name| !name.is_empty());
            is_account_id(account) && (named("saml-provider/") || named("oidc-provider/"))
        }
        Some(_) => false,
        None => host_name(value),
    }
}

/// Vendor, account and path of an ARN without a region and without wildcards.
fn plain_arn(value: &str) -> Option<(&str, &str, &str)> {
    let mut parts = value.strip_prefix("arn:")?.splitn(5, ':');
    let (partition, vendor, region) = (parts.next()?, parts.next()?, parts.next()?);
    let (account, path) = (parts.next()?, parts.next()?);
    let plain = PARTITIONS.contains(&partition) && partition != "*" && region.is_empty() && !value.contains(['*', '?']);
    plain.then_some((vendor, account, path))
}

fn is_account_id(value: &str) -> bool {
    chancery_model::AccountId::parse(value).is_ok()
}

/// `AIDA…`, `AROA…`: what AWS shows in the place of a user or role that has been deleted.
fn is_unique_id(value: &str) -> bool {
    value.len() >= 16 && value.starts_with('A') && value.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

fn host_name(value: &str) -> bool {
    let label = |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    value.contains('.') && value.split('.').all(label)
}
