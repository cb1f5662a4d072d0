//! Imports one of AWS's managed policies for all accounts. Only the operator of the machine may.
//! The format that it comes in is that of `aws iam get-account-authorization-details --filter AWSManagedPolicy`.

use chancery_model::{Arn, Description, Path, PolicyId, PolicyName};
use chancery_policy::PolicyText;

use super::Act;
use crate::{Account, AwsPolicies, AwsPolicyChange, Context, Event, ManagedPolicy, OWN_SERVICE, Rejection, VersionId};

/// Imports a policy, or a newer version of one, in place of what the catalogue has.
#[derive(Debug, Clone, Hash)]
pub struct PublishManagedPolicy {
    /// The ARN: `arn:aws:iam::aws:policy`, path and name.
    pub arn: Arn,
    /// The name.
    pub name: PolicyName,
    /// The path.
    pub path: Path,
    /// What it is for; absent, a known description stays.
    pub description: Option<Description>,
    /// The number of the version in force at AWS.
    pub version: VersionId,
    /// The document of that version.
    pub text: PolicyText,
    /// The id at AWS, if it is known.
    pub policy_id: Option<PolicyId>,
}

impl PublishManagedPolicy {
    fn check_arn(&self) -> Result<(), Rejection> {
        let right = format!("arn:aws:iam::aws:policy{}{}", self.path, self.name);
        if self.arn.as_str() == right {
            return Ok(());
        }
        let message = format!("ARN {} is not valid: a policy of AWS's with this path and name has {right}.", self.arn);
        Err(Rejection::InvalidInput { message })
    }

    /// The id and what is known under it. An ARN and an id belong together for good: attachments go by the id.
    fn known<'a>(&self, aws: &'a AwsPolicies) -> Result<Option<&'a ManagedPolicy>, Rejection> {
        let (by_arn, by_id) = (aws.by_arn(&self.arn), self.policy_id.and_then(|id| aws.get(id)));
        let (other, given) = match (by_arn, by_id, self.policy_id) {
            (Some(known), _, Some(given)) if known.id != given => (known, given),
            (_, Some(known), Some(given)) if known.arn != self.arn => (known, given),
            (known, _, _) => return Ok(known.map(AsRef::as_ref)),
        };
        let message = format!("Policy {} cannot have the id {given}: {} has the id {}.", self.arn, other.arn, other.id);
        Err(Rejection::InvalidInput { message })
    }

    fn is_so_already(&self, known: &ManagedPolicy) -> bool {
        known.default == self.version
            && known.document() == Some(&self.text)
            && (self.description.is_none() || known.description == self.description)
    }
}

impl Act for PublishManagedPolicy {
    fn action(&self) -> &'static str {
        "PublishManagedPolicy"
    }

    fn resource(&self, _account: &Account) -> Arn {
        self.arn.clone()
    }

    fn permission(&self) -> (&'static str, &'static str) {
        (OWN_SERVICE, self.action())
    }

    fn decide(&self, _account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        self.check_arn()?;
        let known = self.known(&context.state.aws)?;
        if known.is_some_and(|known| self.is_so_already(known)) {
            return Ok(Vec::new());
        }
        let id = self.policy_id.or_else(|| known.map(|known| known.id)).unwrap_or_else(|| context.fresh.policy());
        let change = AwsPolicyChange::Published {
            arn: self.arn.clone(),
            name: self.name.clone(),
            path: self.path.clone(),
            description: self.description.clone(),
            version: self.version,
            text: self.text.clone(),
        };
        Ok(vec![Event::AwsPolicy(id, change)])
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        check::{World, check},
        check_builders::{attach, aws_arn, awss_version, document, publish, role, to_role},
    };

    fn id(last: char) -> Option<PolicyId> {
        Some(format!("ANPAAAAAAAAAAAAAAAAA{last}").parse().unwrap())
    }

    #[test]
    fn a_new_policy_gets_the_id_that_it_has_at_aws_or_a_fresh_one() {
        check(
            World::new(),
            publish("Novel", 3),
            expect![[
                r#"aws_policy.published.v1 AwsPolicy(ANPAAAAAAAAAAAAAAAAAD, Published { arn: arn:aws:iam::aws:policy/Novel, name: Novel, path: /, description: None, version: VersionId(3), text: {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]} })"#
            ]],
        );
        check(
            World::new(),
            PublishManagedPolicy { policy_id: id('Z'), ..publish("Novel", 3) },
            expect![[
                r#"aws_policy.published.v1 AwsPolicy(ANPAAAAAAAAAAAAAAAAAZ, Published { arn: arn:aws:iam::aws:policy/Novel, name: Novel, path: /, description: None, version: VersionId(3), text: {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]} })"#
            ]],
        );
        let under_a_path = PublishManagedPolicy {
            arn: aws_arn("job-function/Novel"),
            path: Path::parse("/job-function/").unwrap(),
            description: Some(Description::parse("new").unwrap()),
            ..publish("Novel", 1)
        };
        check(
            World::new(),
            under_a_path,
            expect![[
                r#"aws_policy.published.v1 AwsPolicy(ANPAAAAAAAAAAAAAAAAAD, Published { arn: arn:aws:iam::aws:policy/job-function/Novel, name: Novel, path: /job-function/, description: Some(new), version: VersionId(1), text: {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]} })"#
            ]],
        );
    }

    #[test]
    fn a_known_policy_keeps_its_id_and_its_attachments() {
        let given = World::new().with(role("ops")).with(attach(to_role("ops"), aws_arn("ReadOnlyAccess")));
        let (known, next) =
            (given.state.aws.by_arn(&aws_arn("ReadOnlyAccess")).unwrap().id, awss_version("ReadOnlyAccess").0 + 1);
        let events = given.clone().run(publish("ReadOnlyAccess", next)).unwrap();
        assert!(matches!(events.as_slice(), [Event::AwsPolicy(id, _)] if *id == known), "{events:?}");
        let given = given.with(publish("ReadOnlyAccess", next));
        check(given.clone(), attach(to_role("ops"), aws_arn("ReadOnlyAccess")), expect!["nothing"]);
        let policy = given.state.aws.by_arn(&aws_arn("ReadOnlyAccess")).unwrap();
        assert_eq!((policy.default, policy.document()), (VersionId(next), Some(&document())));
    }

    #[test]
    fn nothing_when_it_is_so_already() {
        let given = World::new().with(publish("Novel", 3));
        check(given.clone(), publish("Novel", 3), expect!["nothing"]);
        check(
            given.clone(),
            publish("Novel", 4),
            expect![[
                r#"aws_policy.published.v1 AwsPolicy(ANPAAAAAAAAAAAAAAAAAD, Published { arn: arn:aws:iam::aws:policy/Novel, name: Novel, path: /, description: None, version: VersionId(4), text: {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]} })"#
            ]],
        );
        let description = Some(Description::parse("new").unwrap());
        check(
            given,
            PublishManagedPolicy { description, ..publish("Novel", 3) },
            expect![[
                r#"aws_policy.published.v1 AwsPolicy(ANPAAAAAAAAAAAAAAAAAD, Published { arn: arn:aws:iam::aws:policy/Novel, name: Novel, path: /, description: Some(new), version: VersionId(3), text: {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]} })"#
            ]],
        );
    }

    #[test]
    fn the_arn_is_awss_and_goes_with_path_and_name() {
        let wrong = |arn: &str| PublishManagedPolicy { arn: Arn::parse(arn).unwrap(), ..publish("Novel", 1) };
        check(
            World::new(),
            wrong("arn:aws:iam::123456789012:policy/Novel"),
            expect![
                "InvalidInput: ARN arn:aws:iam::123456789012:policy/Novel is not valid: a policy of AWS's with this path and name has arn:aws:iam::aws:policy/Novel."
            ],
        );
        check(
            World::new(),
            wrong("arn:aws:iam::aws:policy/path/Novel"),
            expect![
                "InvalidInput: ARN arn:aws:iam::aws:policy/path/Novel is not valid: a policy of AWS's with this path and name has arn:aws:iam::aws:policy/Novel."
            ],
        );
    }

    #[test]
    fn an_arn_and_an_id_belong_together() {
        let given = World::new().with(PublishManagedPolicy { policy_id: id('Z'), ..publish("Novel", 3) });
        check(
            given.clone(),
            PublishManagedPolicy { policy_id: id('Y'), ..publish("Novel", 4) },
            expect![
                "InvalidInput: Policy arn:aws:iam::aws:policy/Novel cannot have the id ANPAAAAAAAAAAAAAAAAAY: arn:aws:iam::aws:policy/Novel has the id ANPAAAAAAAAAAAAAAAAAZ."
            ],
        );
        check(
            given.clone(),
            PublishManagedPolicy { policy_id: id('Z'), ..publish("Other", 1) },
            expect![
                "InvalidInput: Policy arn:aws:iam::aws:policy/Other cannot have the id ANPAAAAAAAAAAAAAAAAAZ: arn:aws:iam::aws:policy/Novel has the id ANPAAAAAAAAAAAAAAAAAZ."
            ],
        );
        let arn = Arn::parse("arn:aws:iam::123456789012:policy/Novel").unwrap();
        check(
            given,
            PublishManagedPolicy { arn, policy_id: id('Y'), ..publish("Novel", 4) },
            expect![
                "InvalidInput: ARN arn:aws:iam::123456789012:policy/Novel is not valid: a policy of AWS's with this path and name has arn:aws:iam::aws:policy/Novel."
            ],
        );
    }
}
