//! Creates a customer managed policy with its first version. Source: IAM API Reference, `CreatePolicy`.

use chancery_model::{Arn, Description, Invalid, Path, PolicyName, Tags};
use chancery_policy::{PolicyText, RequestContext};

use super::Act;
use crate::{Account, AwsPolicies, Context, Event, ManagedPolicyChange, QuotaName, Rejection, asked};

/// Creates a customer managed policy.
#[derive(Debug, Clone, Hash)]
pub struct CreatePolicy {
    /// The name.
    pub policy_name: PolicyName,
    /// The path.
    pub path: Path,
    /// What it is for; it stays for good.
    pub description: Option<Description>,
    /// The document of version `v1`.
    pub policy_document: PolicyText,
    /// Tags.
    pub tags: Tags,
}

/// Paths of policies are narrower than others' (`policyPathType`): names of letters, digits and `.,+@=_-`, none empty.
fn check_path(path: &Path) -> Result<(), Rejection> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || ".,+@=_-".contains(c);
    let between = path.as_str().strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
    let named = between.is_some_and(|names| names.split('/').all(|name| !name.is_empty() && name.chars().all(allowed)));
    let fine = path.as_str() == "/" || named;
    if fine { Ok(()) } else { Err(Invalid::pattern("path", path.as_str(), r"((/[A-Za-z0-9\.,\+@=_-]+)*)/").into()) }
}

impl Act for CreatePolicy {
    fn action(&self) -> &'static str {
        "CreatePolicy"
    }

    fn resource(&self, account: &Account) -> Arn {
        Arn::policy(account.id, &self.path, &self.policy_name)
    }

    fn say(&self, _account: &Account, _aws: &AwsPolicies, keys: &mut RequestContext) {
        asked::say_tags(&self.tags, |value| value, keys);
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        check_path(&self.path)?;
        if !account.policy_name_is_free(&self.policy_name) {
            return Err(Rejection::AlreadyExists { what: format!("A policy called {}", self.policy_name) });
        }
        account.within(QuotaName::TagsPerPolicy, self.tags.len())?;
        account.within(QuotaName::ManagedPolicyChars, self.policy_document.chars())?;
        account.within(QuotaName::PoliciesPerAccount, account.policies.len() + 1)?;
        let change = ManagedPolicyChange::Created {
            name: self.policy_name.clone(),
            path: self.path.clone(),
            description: self.description.clone(),
            text: self.policy_document.clone(),
            tags: self.tags.clone(),
        };
        Ok(vec![Event::Policy(context.fresh.policy(), change)])
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        check::{World, check},
        check_builders::{document_of_chars, numbered_tags, policy, spaced},
    };

    #[test]
    fn a_policy_with_what_it_was_given() {
        let plain = policy("Readers");
        check(
            World::new(),
            plain.clone(),
            expect![[
                r#"policy.created.v1 Policy(ANPAAAAAAAAAAAAAAAAAD, Created { name: Readers, path: /, description: None, text: {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}, tags: Tags([]) })"#
            ]],
        );
        let (path, description) = (Path::parse("/team/a/").unwrap(), Some(Description::parse("reads").unwrap()));
        check(
            World::new(),
            CreatePolicy { path, description, tags: numbered_tags(1), ..plain },
            expect![[
                r#"policy.created.v1 Policy(ANPAAAAAAAAAAAAAAAAAD, Created { name: Readers, path: /team/a/, description: Some(reads), text: {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}, tags: Tags([Tag { key: k0, value: 0 }]) })"#
            ]],
        );
    }

    #[test]
    fn the_path_of_a_policy_is_narrower_than_others() {
        let at = |path| CreatePolicy { path: Path::parse(path).unwrap(), ..policy("Readers") };
        for fine in ["/", "/a/", "/a.b/c,+@=_-9/"] {
            assert!(World::new().run(at(fine)).is_ok(), "{fine}");
        }
        for bad in ["///", "/a//b/", "/a!/", "/a//"] {
            assert!(World::new().run(at(bad)).is_err(), "{bad}");
        }
        check(
            World::new(),
            at("/a!/"),
            expect![[
                r#"ValidationError: 1 validation error detected: Value '/a!/' at 'path' failed to satisfy constraint: Member must satisfy regular expression pattern: ((/[A-Za-z0-9\.,\+@=_-]+)*)/"#
            ]],
        );
    }

    #[test]
    fn a_name_is_taken_whatever_its_case_and_path() {
        let again = CreatePolicy { path: Path::parse("/team/").unwrap(), ..policy("readers") };
        check(
            World::new().with(policy("Readers")),
            again,
            expect!["EntityAlreadyExists: A policy called readers already exists."],
        );
    }

    #[test]
    fn as_much_as_the_quotas_allow() {
        check(
            World::new(),
            CreatePolicy { tags: numbered_tags(51), ..policy("Readers") },
            expect!["LimitExceeded: Cannot exceed quota for TagsPerPolicy: 50 (it cannot be raised)"],
        );
        let sized = |policy_document| CreatePolicy { policy_document, ..policy("Readers") };
        assert!(World::new().run(sized(document_of_chars(6_144))).is_ok());
        assert!(World::new().run(sized(spaced(&document_of_chars(6_144)))).is_ok(), "white space does not count");
        check(
            World::new(),
            sized(document_of_chars(6_145)),
            expect!["LimitExceeded: Cannot exceed quota for ManagedPolicyChars: 6144 (it cannot be raised)"],
        );
        check(
            World::new().with(policy("Writers")).limited(QuotaName::PoliciesPerAccount, 1),
            policy("Readers"),
            expect!["LimitExceeded: Cannot exceed quota for PoliciesPerAccount: 1 (RequestQuotaIncrease can raise it to 5000)"],
        );
    }

    #[test]
    fn the_first_reason_wins() {
        let mut wrong = CreatePolicy {
            path: Path::parse("/a!/").unwrap(),
            tags: numbered_tags(51),
            policy_document: document_of_chars(6_145),
            ..policy("Readers")
        };
        let given = World::new().with(policy("Readers")).limited(QuotaName::PoliciesPerAccount, 1);
        check(
            given.clone(),
            wrong.clone(),
            expect![[
                r#"ValidationError: 1 validation error detected: Value '/a!/' at 'path' failed to satisfy constraint: Member must satisfy regular expression pattern: ((/[A-Za-z0-9\.,\+@=_-]+)*)/"#
            ]],
        );
        wrong.path = Path::root();
        check(given.clone(), wrong.clone(), expect!["EntityAlreadyExists: A policy called Readers already exists."]);
        wrong.policy_name = PolicyName::parse("Writers").unwrap();
        check(
            given.clone(),
            wrong.clone(),
            expect!["LimitExceeded: Cannot exceed quota for TagsPerPolicy: 50 (it cannot be raised)"],
        );
        wrong.tags = Tags::default();
        check(
            given.clone(),
            wrong.clone(),
            expect!["LimitExceeded: Cannot exceed quota for ManagedPolicyChars: 6144 (it cannot be raised)"],
        );
        wrong.policy_document = document_of_chars(6_144);
        check(
            given,
            wrong,
            expect!["LimitExceeded: Cannot exceed quota for PoliciesPerAccount: 1 (RequestQuotaIncrease can raise it to 5000)"],
        );
    }
}
