//! Policies at work on a real engine: who may do what, why, who else, and when.

use chancery_domain::{
    Command, Given, NewPassword, Read,
    actions::{self, PolicyTarget, TagTarget},
};
use chancery_model::{
    AccountId, Arn, EmailAddress, GroupName, Path as IamPath, PolicyName, RoleName, Secret, Tags, Timestamp, UserName,
};
use chancery_policy::{Kind, Layer, Outcome, PolicyText, RequestContext};
use expect_test::{Expect, expect};

use crate::{
    AccessQuestion, AccountRef, AsOf, Caller, Engine, EngineError, Receipt, Request, SignIn, SignedIn,
    access::Moment,
    life_tests::{Bench, PASSWORD, create_user, root},
};

/// An engine with its root caller.
struct Office {
    bench: Bench,
    engine: Engine,
    root: Caller,
}

impl Office {
    async fn open() -> Self {
        let bench = Bench::new();
        let (engine, _) = tokio::task::block_in_place(|| bench.init());
        let root = root(&engine).await;
        Self { bench, engine, root }
    }

    async fn run(&self, command: impl Into<Command>) -> Receipt {
        self.try_as(&self.root, command).await.unwrap()
    }

    async fn try_as(&self, caller: &Caller, command: impl Into<Command>) -> Result<Receipt, EngineError> {
        self.engine.execute(caller, &Request::local(), command.into(), None).await
    }

    /// What became of a command of somebody's.
    async fn told(&self, caller: &Caller, command: impl Into<Command>) -> String {
        self.try_as(caller, command).await.map_or_else(|error| error.to_string(), |_| "done".to_owned())
    }

    /// A user with a password, signed in.
    async fn hire(&self, name: &str) -> Caller {
        self.run(create_user(name)).await;
        let password = NewPassword::new(Secret::new(PASSWORD.into()));
        self.run(actions::CreateLoginProfile { user_name: user(name), password, password_reset_required: false }).await;
        let account = AccountRef::Id(self.root.account());
        let input = SignIn { account, user_name: Some(user(name)), password: Secret::new(PASSWORD.into()) };
        let SignedIn::Session { token, .. } = self.engine.sign_in(input, &Request::local()).await.unwrap() else {
            panic!("a session")
        };
        self.engine.authenticate(token.expose()).unwrap()
    }

    async fn allow(&self, target: PolicyTarget, name: &str, statements: &str) -> Receipt {
        let policy_name = PolicyName::parse(name).unwrap();
        self.run(actions::PutInlinePolicy { target, policy_name, document: document(statements) }).await
    }

    async fn decide(&self, principal: &str, action: &str, resource: &str, at: Option<AsOf>) -> Outcome {
        let reader = self.engine.read(&self.root, at).await.unwrap();
        let proof = reader.authorize(Read::Authorize, &Arn::root(self.root.account())).unwrap();
        let context = RequestContext::new();
        let asked = AccessQuestion { principal, action, resource, resource_account: None, context: &context };
        reader.decide(&proof, &asked).unwrap().outcome
    }
}

fn user(name: &str) -> UserName {
    UserName::parse(name).unwrap()
}

fn to_user(name: &str) -> PolicyTarget {
    PolicyTarget::User(user(name))
}

fn to_group(name: &str) -> PolicyTarget {
    PolicyTarget::Group(GroupName::parse(name).unwrap())
}

fn group(name: &str) -> actions::CreateGroup {
    actions::CreateGroup { group_name: GroupName::parse(name).unwrap(), path: IamPath::root() }
}

fn role(name: &str) -> actions::CreateRole {
    let trust = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole",
                    "Principal": {"AWS": "arn:aws:iam::123456789012:user/ada"}}}"#;
    actions::CreateRole {
        role_name: RoleName::parse(name).unwrap(),
        path: IamPath::root(),
        description: None,
        max_session_duration: None,
        assume_role_policy_document: PolicyText::parse(trust, Kind::Trust).unwrap(),
        tags: Tags::default(),
        permissions_boundary: None,
    }
}

fn document(statements: &str) -> PolicyText {
    PolicyText::parse(&format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#), Kind::Identity).unwrap()
}

/// A statement in short.
fn statement(effect: &str, action: &str, resource: &str, more: &str) -> String {
    format!(r#"{{"Effect": "{effect}", "Action": "{action}", "Resource": "{resource}"{more}}}"#)
}

fn arn(rest: &str) -> String {
    format!("arn:aws:iam::123456789012:{rest}")
}

fn policy(name: &str, statements: &str) -> actions::CreatePolicy {
    actions::CreatePolicy {
        policy_name: PolicyName::parse(name).unwrap(),
        path: IamPath::root(),
        description: None,
        policy_document: document(statements),
        tags: Tags::default(),
    }
}

fn policy_arn(name: &str) -> Arn {
    Arn::parse(&arn(&format!("policy/{name}"))).unwrap()
}

#[track_caller]
fn check(told: &str, then: Expect) {
    then.assert_eq(told);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_may_what_its_policies_say_and_at_once() {
    let office = Office::open().await;
    let ada = office.hire("ada").await;
    check(
        &office.told(&ada, create_user("ben")).await,
        expect![
            "User: arn:aws:iam::123456789012:user/ada is not authorized to perform: iam:CreateUser on resource: arn:aws:iam::123456789012:user/ben because no identity-based policy allows the iam:CreateUser action"
        ],
    );
    office.allow(to_user("ada"), "create", &statement("Allow", "iam:*User", &arn("user/b*"), "")).await;
    check(&office.told(&ada, create_user("ben")).await, expect!["done"]);
    check(
        &office.told(&ada, create_user("cleo")).await,
        expect![
            "User: arn:aws:iam::123456789012:user/ada is not authorized to perform: iam:CreateUser on resource: arn:aws:iam::123456789012:user/cleo because no identity-based policy allows the iam:CreateUser action"
        ],
    );
    // The rule is that of the moment of the command, not of the sign-in.
    office.allow(to_user("ada"), "never", &statement("Deny", "iam:CreateUser", "*", "")).await;
    check(
        &office.told(&ada, create_user("bob")).await,
        expect![
            "User: arn:aws:iam::123456789012:user/ada is not authorized to perform: iam:CreateUser on resource: arn:aws:iam::123456789012:user/bob with an explicit deny in an identity-based policy"
        ],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_account_has_as_a_whole_has_no_arn() {
    let office = Office::open().await;
    let ada = office.hire("ada").await;
    let alias = || actions::CreateAccountAlias { account_alias: chancery_model::AccountAlias::parse("acme").unwrap() };
    check(
        &office.told(&ada, alias()).await,
        expect![
            "User: arn:aws:iam::123456789012:user/ada is not authorized to perform: iam:CreateAccountAlias on resource: * because no identity-based policy allows the iam:CreateAccountAlias action"
        ],
    );
    office.allow(to_user("ada"), "alias", &statement("Allow", "iam:CreateAccountAlias", "*", "")).await;
    check(&office.told(&ada, alias()).await, expect!["done"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_boundary_and_the_keys_of_a_request_hold_a_delegated_admin() {
    let office = Office::open().await;
    let ada = office.hire("ada").await;
    office.run(policy("Fence", &statement("Allow", "s3:*", "*", ""))).await;
    let only_fenced = format!(r#", "Condition": {{"StringEquals": {{"iam:PermissionsBoundary": "{}"}}}}"#, arn("policy/Fence"));
    office.allow(to_user("ada"), "hire", &statement("Allow", "iam:CreateUser", "*", &only_fenced)).await;
    let fenced = |name: &str| actions::CreateUser {
        user_name: Given::new(user(name)),
        path: IamPath::root(),
        tags: Tags::default(),
        permissions_boundary: Some(policy_arn("Fence")),
    };
    assert!(office.told(&ada, create_user("ben")).await.contains("because no identity-based policy allows"));
    check(&office.told(&ada, fenced("ben")).await, expect!["done"]);
    // Whoever is within a boundary has no more than it allows.
    office.allow(to_user("ada"), "all", &statement("Allow", "*", "*", "")).await;
    office.run(actions::PutPermissionsBoundary { target: to_user("ada"), policy_arn: policy_arn("Fence") }).await;
    check(
        &office.told(&ada, create_user("cleo")).await,
        expect![
            "User: arn:aws:iam::123456789012:user/ada is not authorized to perform: iam:CreateUser on resource: arn:aws:iam::123456789012:user/cleo because no permissions boundary allows the iam:CreateUser action"
        ],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_is_passed_only_by_whom_it_may() {
    let office = Office::open().await;
    let ada = office.hire("ada").await;
    office.run(role("web")).await;
    let profile = chancery_model::InstanceProfileName::parse("web").unwrap();
    office
        .run(actions::CreateInstanceProfile {
            instance_profile_name: profile.clone(),
            path: IamPath::root(),
            tags: Tags::default(),
        })
        .await;
    let add = || actions::AddRoleToInstanceProfile {
        instance_profile_name: profile.clone(),
        role_name: RoleName::parse("web").unwrap(),
    };
    office.allow(to_user("ada"), "profiles", &statement("Allow", "iam:AddRoleToInstanceProfile", "*", "")).await;
    check(
        &office.told(&ada, add()).await,
        expect![
            "User: arn:aws:iam::123456789012:user/ada is not authorized to perform: iam:PassRole on resource: arn:aws:iam::123456789012:role/web because no identity-based policy allows the iam:PassRole action"
        ],
    );
    let to = |service: &str| format!(r#", "Condition": {{"StringEquals": {{"iam:PassedToService": "{service}"}}}}"#);
    office
        .allow(to_user("ada"), "pass", &statement("Allow", "iam:PassRole", &arn("role/web"), &to("lambda.amazonaws.com")))
        .await;
    assert!(office.told(&ada, add()).await.contains("iam:PassRole"));
    office.allow(to_user("ada"), "pass", &statement("Allow", "iam:PassRole", &arn("role/web"), &to("ec2.amazonaws.com"))).await;
    check(&office.told(&ada, add()).await, expect!["done"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_tags_and_one_s_own_name_count() {
    let office = Office::open().await;
    let ada = office.hire("ada").await;
    office.run(group("people")).await;
    let own = statement("Allow", "iam:GetUser", &arn("user/${aws:username}"), "");
    let team = r#", "Condition": {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}"#;
    office.allow(to_group("people"), "own", &format!("{own}, {}", statement("Allow", "iam:DeleteUser", "*", team))).await;
    office
        .run(actions::AddUserToGroup {
            user_name: user("ada"),
            group_name: GroupName::parse("people").unwrap(),
            expires_at: None,
        })
        .await;
    let may_see = async |name: &str| {
        let reader = office.engine.read(&ada, None).await.unwrap();
        reader.authorize(Read::GetUser, &Arn::parse(&arn(&format!("user/{name}"))).unwrap()).is_ok()
    };
    assert!(may_see("ada").await);
    assert!(!may_see("root").await);
    let tags = |pair: (&str, &str)| {
        let tags = Tags::parse([pair], chancery_model::Case::Kept).unwrap();
        tags.try_map(|value| Ok::<_, ()>(Given::new(value.clone()))).unwrap()
    };
    for (name, team) in [("ada", "red"), ("ben", "red"), ("cleo", "blue")] {
        if name != "ada" {
            office.run(create_user(name)).await;
        }
        let target = TagTarget::User(user(name));
        office.run(actions::Tag { target, tags: tags(("Team", team)) }).await;
    }
    check(&office.told(&ada, actions::DeleteUser { user_name: user("ben") }).await, expect!["done"]);
    assert!(office.told(&ada, actions::DeleteUser { user_name: user("cleo") }).await.contains("iam:DeleteUser"));
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_about_then_are_by_the_policies_of_then() {
    let office = Office::open().await;
    office.run(create_user("ada")).await;
    let before = office.engine.head();
    let allowed = office.allow(to_user("ada"), "read", &statement("Allow", "s3:GetObject", "arn:aws:s3:::logs/*", "")).await;
    let (ada, get, log) = (arn("user/ada"), "s3:GetObject", "arn:aws:s3:::logs/today");
    assert_eq!(office.decide(&ada, get, log, None).await, Outcome::Allowed);
    assert_eq!(office.decide(&ada, "s3:PutObject", log, None).await, Outcome::ImplicitlyDenied);
    let then = AsOf::Sequence(chancery_model::Sequence(before.0 - 1));
    assert_eq!(office.decide(&ada, get, log, Some(then)).await, Outcome::ImplicitlyDenied);
    let at = AsOf::Sequence(allowed.record.unwrap().sequence);
    office.run(actions::DeleteInlinePolicy { target: to_user("ada"), policy_name: PolicyName::parse("read").unwrap() }).await;
    assert_eq!(office.decide(&ada, get, log, None).await, Outcome::ImplicitlyDenied);
    assert_eq!(office.decide(&ada, get, log, Some(at)).await, Outcome::Allowed);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_given_for_a_time_is_over_with_it() {
    let office = Office::open().await;
    office.run(create_user("ada")).await;
    office.run(policy("Readers", &statement("Allow", "s3:Get*", "*", ""))).await;
    let expires_at = Some(Timestamp::from_millis(1_767_225_600_000).plus_seconds(600));
    office.run(actions::AttachPolicy { target: to_user("ada"), policy_arn: policy_arn("Readers"), expires_at }).await;
    assert_eq!(office.decide(&arn("user/ada"), "s3:GetObject", "arn:aws:s3:::b/k", None).await, Outcome::Allowed);
    office.bench.clock.pass_seconds(601);
    assert_eq!(office.decide(&arn("user/ada"), "s3:GetObject", "arn:aws:s3:::b/k", None).await, Outcome::ImplicitlyDenied);
}

#[tokio::test(flavor = "multi_thread")]
async fn reasons_name_the_policies_and_where_they_are() {
    let office = Office::open().await;
    office.run(create_user("ada")).await;
    office.run(group("devs")).await;
    office.run(policy("Readers", &statement("Allow", "s3:Get*", "*", r#", "Sid": "Get""#))).await;
    office.run(actions::AttachPolicy { target: to_group("devs"), policy_arn: policy_arn("Readers"), expires_at: None }).await;
    office
        .run(actions::AddUserToGroup { user_name: user("ada"), group_name: GroupName::parse("devs").unwrap(), expires_at: None })
        .await;
    let reader = office.engine.read(&office.root, None).await.unwrap();
    let proof = reader.authorize(Read::Authorize, &Arn::root(office.root.account())).unwrap();
    let context = RequestContext::new();
    let principal = arn("user/ada");
    let asked = AccessQuestion {
        principal: &principal,
        action: "s3:GetObject",
        resource: "arn:aws:s3:::b/k",
        resource_account: None,
        context: &context,
    };
    let explained = reader.explain(&proof, &asked).unwrap();
    let source = explained.determining[0].clone().unwrap();
    assert_eq!((source.layer, source.name.as_str()), (Layer::Identity, "Readers"));
    assert_eq!(source.attached_to, Some(arn("group/devs")));
    assert_eq!(source.version.unwrap().to_string(), "v1");
    assert_eq!(explained.explanation.determining[0].sid.as_deref(), Some("Get"));
    assert_eq!(explained.reason, None);
    let applied = reader.effective_policies(&proof, &principal).unwrap();
    assert_eq!(applied.len(), 1);
    assert_eq!(applied[0].source, source);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_can_is_found_with_the_root_user_first() {
    let office = Office::open().await;
    for name in ["ben", "ada"] {
        office.run(create_user(name)).await;
    }
    office.run(role("ops")).await;
    office.allow(to_user("ada"), "read", &statement("Allow", "s3:GetObject", "*", "")).await;
    office.allow(PolicyTarget::Role(RoleName::parse("ops").unwrap()), "read", &statement("Allow", "s3:*", "*", "")).await;
    let reader = office.engine.read(&office.root, None).await.unwrap();
    let proof = reader.authorize(Read::WhoCan, &Arn::root(office.root.account())).unwrap();
    let found = reader.who_can(&proof, "s3:GetObject", "arn:aws:s3:::b/k", None, &RequestContext::new()).unwrap();
    let names: Vec<_> = found.iter().map(|allowed| allowed.principal.resource().to_owned()).collect();
    assert_eq!(names, ["root", "user/ada", "role/ops"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trust_policy_decides_who_assumes_a_role() {
    let office = Office::open().await;
    for name in ["ada", "ben"] {
        office.run(create_user(name)).await;
    }
    office.run(role("ops")).await;
    let assume = async |name: &str| office.decide(&arn(name), "sts:AssumeRole", &arn("role/ops"), None).await;
    assert_eq!(assume("user/ada").await, Outcome::Allowed);
    assert_eq!(assume("user/ben").await, Outcome::ImplicitlyDenied);
    // What IAM does with the role is no matter of its trust policy.
    assert_eq!(office.decide(&arn("user/ada"), "iam:GetRole", &arn("role/ops"), None).await, Outcome::ImplicitlyDenied);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_of_the_account_is_not_there() {
    let office = Office::open().await;
    let reader = office.engine.read(&office.root, None).await.unwrap();
    let proof = reader.authorize(Read::Authorize, &Arn::root(office.root.account())).unwrap();
    let context = RequestContext::new();
    for principal in ["arn:aws:iam::999999999999:user/ada", "arn:aws:iam::123456789012:user/nobody"] {
        let asked = AccessQuestion { principal, action: "s3:Get", resource: "*", resource_account: None, context: &context };
        let error = reader.decide(&proof, &asked).unwrap_err();
        assert_eq!(error.code(), "NoSuchEntity", "{error}");
    }
}

/// A policy of one's own that asks for the tags of another account's user must not become a way to read them.
#[tokio::test(flavor = "multi_thread")]
async fn tags_of_another_account_answer_to_no_policy() {
    let office = Office::open().await;
    let (theirs, email) = (AccountId::parse("999999999999").unwrap(), EmailAddress::parse("root@example.com").unwrap());
    let operator = Caller::operator(theirs);
    let founded = actions::CreateAccount { email: Given::new(email), password: None, alias: None };
    office.try_as(&operator, founded).await.unwrap();
    office.run(create_user("ada")).await;
    let team = r#", "Condition": {"StringLike": {"aws:ResourceTag/team": "s*"}}"#;
    office.allow(to_user("ada"), "probe", &statement("Allow", "iam:GetUser", "*", team)).await;
    for caller in [&operator, &office.root] {
        office.try_as(caller, create_user("bob")).await.unwrap();
        let tags = Tags::parse([("team", "secret")], chancery_model::Case::Kept).unwrap();
        let tags = tags.try_map(|value| Ok::<_, ()>(Given::new(value.clone()))).unwrap();
        office.try_as(caller, actions::Tag { target: TagTarget::User(user("bob")), tags }).await.unwrap();
    }
    let reader = office.engine.read(&office.root, None).await.unwrap();
    let proof = reader.authorize(Read::Authorize, &Arn::root(office.root.account())).unwrap();
    let (context, ada) = (RequestContext::new(), arn("user/ada"));
    let seen = ["123456789012", "999999999999"].map(|account| {
        let resource = format!("arn:aws:iam::{account}:user/bob");
        // Even who says that it is at home there.
        let answers = [None, Some(office.root.account())].map(|resource_account| {
            let question = AccessQuestion {
                principal: &ada,
                action: "iam:GetUser",
                resource: &resource,
                resource_account,
                context: &context,
            };
            let explained = reader.explain(&proof, &question).unwrap();
            assert!(!format!("{explained:?}").contains("secret"), "{explained:?}");
            explained.explanation.decision.outcome
        });
        assert_eq!(answers[0], answers[1]);
        answers[0]
    });
    assert_eq!(seen, [Outcome::Allowed, Outcome::ImplicitlyDenied]);
}

/// What the table of powers gives is what is made anew, whatever has changed in between.
#[tokio::test(flavor = "multi_thread")]
async fn kept_powers_are_as_good_as_new() {
    let office = Office::open().await;
    for name in ["ada", "ben"] {
        office.run(create_user(name)).await;
    }
    let (engine, account) = (&office.engine, office.root.account());
    for step in 0..40_u32 {
        let name = if step % 3 == 0 { "ada" } else { "ben" };
        let effect = if step % 5 == 0 { "Deny" } else { "Allow" };
        let action = format!("s3:*{}", step % 4);
        office.allow(to_user(name), &format!("p{}", step % 7), &statement(effect, &action, "*", "")).await;
        let state = engine.inner().published.load();
        let kept = Moment { state: &state, cache: Some(engine.cache()), account, now: state.time };
        let anew = Moment { cache: None, ..kept };
        let context = RequestContext::new();
        for (name, number) in [("ada", 0), ("ada", 1), ("ben", 2), ("ben", 3)] {
            let (principal, action) = (arn(&format!("user/{name}")), format!("s3:Get{number}"));
            let asked = AccessQuestion {
                principal: &principal,
                action: &action,
                resource: "*",
                resource_account: None,
                context: &context,
            };
            assert_eq!(kept.decide(&asked).unwrap(), anew.decide(&asked).unwrap(), "step {step}");
        }
    }
}
