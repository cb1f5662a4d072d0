//! The account of the workload as commands to an engine.

use std::collections::BTreeMap;

use chancery_domain::{
    Command,
    actions::{AddUserToGroup, AttachPolicy, CreateGroup, CreatePolicy, PolicyTarget, PutInlinePolicy},
};
use chancery_engine::{Caller, Engine};
use chancery_model::{AccountId, Arn, GroupName, Path as IamPath, PolicyName, Tags, UserName};
use chancery_policy::{Kind, Outcome, PolicyText, RequestContext};
use serde_json::value::RawValue;
use tokio::runtime::Runtime;

use crate::{
    authz_workload::{Asked, Workload, moved},
    full_account::execute,
    workload::create_user,
};

/// A group that ten users are in.
pub(super) const GROUP_OF_TEN: &str = "ten";
/// A group that a thousand users are in.
pub(super) const GROUP_OF_ALL: &str = "thousand";
/// A policy that is attached to nothing.
pub(super) const SPARE_POLICY: &str = "spare";
/// So many statements are relevant to each of the three users that are there for it.
pub(super) const RELEVANT: [usize; 3] = [5, 50, 500];
/// In so many policies at most: more than these cannot be attached to a user, and fewer would be longer than a policy may be.
const POLICIES_EACH_MAX: usize = 10;
/// An inline policy that would be over the quota of a user is attached as a managed one.
const INLINE_CHARS_MAX: usize = 2_048;

/// Writes the account of the workload and what the other measurements need.
pub(super) fn write(runtime: &Runtime, engine: &Engine, root: &Caller, workload: &Workload) -> anyhow::Result<()> {
    let account = root.account();
    let mut entities = Vec::new();
    for (name, document) in &workload.managed {
        entities.push(policy(name, &moved(document.get(), account))?);
    }
    entities.push(policy(SPARE_POLICY, &one("spare:Use", "*"))?);
    for name in workload.groups.keys().map(String::as_str).chain([GROUP_OF_TEN, GROUP_OF_ALL]) {
        entities.push(CreateGroup { group_name: GroupName::parse(name)?, path: IamPath::root() }.into());
    }
    for name in workload.users.keys() {
        entities.push(create_user(UserName::parse(name)?));
    }
    let mut ties = Vec::new();
    for (name, group) in &workload.groups {
        hold(&PolicyTarget::Group(GroupName::parse(name)?), (&group.inline, &group.managed), account, &mut entities, &mut ties)?;
    }
    for (number, (name, user)) in workload.users.iter().enumerate() {
        let user_name = || UserName::parse(name);
        hold(&PolicyTarget::User(user_name()?), (&user.inline, &user.managed), account, &mut entities, &mut ties)?;
        ties.push(crate::workload::tag_user(user_name()?, &user.team)?);
        let more = [(GROUP_OF_ALL, usize::MAX), (GROUP_OF_TEN, 10)].into_iter().filter(|(_, size)| number < *size);
        for group in user.groups.iter().map(String::as_str).chain(more.map(|(group, _)| group)) {
            let group_name = GroupName::parse(group)?;
            ties.push(AddUserToGroup { group_name, user_name: user_name()?, expires_at: None }.into());
        }
    }
    runtime.block_on(execute(engine, root, entities))?;
    runtime.block_on(execute(engine, root, ties))?;
    runtime.block_on(execute(engine, root, relevant(account)?.0))?;
    runtime.block_on(execute(engine, root, relevant(account)?.1))
}

/// Adds users until there are so many.
pub(super) fn grow(runtime: &Runtime, engine: &Engine, root: &Caller, users: usize) -> anyhow::Result<()> {
    // Those of the workload and the three of `RELEVANT` are there.
    let more = (1_000 + RELEVANT.len()..users).map(|number| Ok(create_user(UserName::parse(&format!("more{number:04}"))?)));
    runtime.block_on(execute(engine, root, more.collect::<anyhow::Result<_>>()?))
}

/// A question to the user with so many relevant statements.
pub(super) fn question(account: AccountId, statements: usize) -> Asked {
    Asked {
        principal: format!("arn:aws:iam::{account}:user/relevant{statements}"),
        action: "s3:GetObject".to_owned(),
        resource: "arn:aws:s3:::none/of/them".to_owned(),
        context: RequestContext::new(),
        expected: Outcome::ImplicitlyDenied,
    }
}

/// The inline and managed policies of a user or group.
fn hold(
    target: &PolicyTarget,
    (inline, managed): (&BTreeMap<String, Box<RawValue>>, &[String]),
    account: AccountId,
    entities: &mut Vec<Command>,
    ties: &mut Vec<Command>,
) -> anyhow::Result<()> {
    let mut attached: Vec<String> = managed.to_vec();
    let mut chars = 0;
    for (name, document) in inline {
        let text = moved(document.get(), account);
        let document = PolicyText::parse(&text, Kind::Identity)?;
        chars += document.chars();
        if chars > INLINE_CHARS_MAX {
            entities.push(policy(name, &text)?);
            attached.push(name.clone());
        } else {
            ties.push(PutInlinePolicy { target: target.clone(), policy_name: PolicyName::parse(name)?, document }.into());
        }
    }
    for name in attached {
        ties.push(attach(target.clone(), &name, account)?);
    }
    Ok(())
}

/// Three users with policies of which every statement is about the action that is asked for.
fn relevant(account: AccountId) -> anyhow::Result<(Vec<Command>, Vec<Command>)> {
    let (mut entities, mut ties) = (Vec::new(), Vec::new());
    for statements in RELEVANT {
        let user = UserName::parse(&format!("relevant{statements}"))?;
        entities.push(create_user(user.clone()));
        let policies = statements.min(POLICIES_EACH_MAX);
        for number in 0..policies {
            let name = format!("relevant{statements}-{number}");
            let each = (0..statements / policies).map(|at| statement("s3:Get*", &format!("arn:aws:s3:::b{number}-{at}")));
            entities.push(policy(&name, &document(&each.collect::<Vec<_>>()))?);
            ties.push(attach(PolicyTarget::User(user.clone()), &name, account)?);
        }
    }
    Ok((entities, ties))
}

fn attach(target: PolicyTarget, name: &str, account: AccountId) -> anyhow::Result<Command> {
    let policy_arn = Arn::policy(account, &IamPath::root(), &PolicyName::parse(name)?);
    Ok(AttachPolicy { target, policy_arn, expires_at: None }.into())
}

fn policy(name: &str, document: &str) -> anyhow::Result<Command> {
    let command = CreatePolicy {
        policy_name: PolicyName::parse(name)?,
        path: IamPath::root(),
        description: None,
        policy_document: PolicyText::parse(document, Kind::Identity)?,
        tags: Tags::default(),
    };
    Ok(command.into())
}

fn one(action: &str, resource: &str) -> String {
    document(&[statement(action, resource)])
}

fn statement(action: &str, resource: &str) -> String {
    format!(r#"{{"Effect":"Allow","Action":"{action}","Resource":"{resource}"}}"#)
}

fn document(statements: &[String]) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","))
}
