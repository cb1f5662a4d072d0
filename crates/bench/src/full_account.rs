//! A full account, as far as IAM's quotas go: 5,000 users, 300 groups, 1,000 roles, 1,500 policies of 5 versions of 6 KB each.

use std::path::Path;

use anyhow::Context;
use chancery_domain::{
    Command,
    actions::{AddUserToGroup, AttachPolicy, CreateGroup, CreatePolicy, CreatePolicyVersion, CreateRole, PolicyTarget},
};
use chancery_engine::{Caller, Engine};
use chancery_model::{AccountId, Arn, GroupName, Path as IamPath, PolicyName, RoleName, Tags, UserName};
use chancery_policy::{Kind, PolicyText};
use tokio::{runtime::Runtime, task::JoinSet};

use crate::workload;

const USERS: usize = 5_000;
/// One is there already.
const GROUPS: usize = 299;
const ROLES: usize = 1_000;
const POLICIES: usize = 1_500;
const VERSIONS: usize = 5;
/// The size of a document, without white space.
const DOCUMENT_CHARS: usize = 6_000;
/// Commands at once.
const AT_ONCE: usize = 256;

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

/// Fills the account of a new data directory to this part, in quarters.
pub(crate) fn write(runtime: &Runtime, dir: &Path, quarters: usize) -> anyhow::Result<()> {
    let (engine, callers) = workload::fresh(runtime, dir, 1)?;
    let caller = callers.first().context("no account")?;
    let part = |all: usize| all * quarters / 4;
    runtime.block_on(async {
        let commands = creations(caller.account(), &part).collect::<anyhow::Result<Vec<_>>>()?;
        execute(&engine, caller, commands).await?;
        for version in 1..VERSIONS {
            let more = (0..part(POLICIES)).map(|number| further_version(caller.account(), number, version));
            execute(&engine, caller, more.collect::<anyhow::Result<Vec<_>>>()?).await?;
        }
        let ties = (0..part(USERS)).flat_map(|number| ties(caller.account(), number, part(GROUPS), part(POLICIES)));
        execute(&engine, caller, ties.collect::<anyhow::Result<Vec<_>>>()?).await?;
        engine.shutdown().await;
        anyhow::Ok(())
    })
}

fn creations(account: AccountId, part: &dyn Fn(usize) -> usize) -> impl Iterator<Item = anyhow::Result<Command>> {
    let users = (0..part(USERS)).map(|number| Ok(workload::create_user(UserName::parse(&user(number))?)));
    let groups = (0..part(GROUPS))
        .map(|number| Ok(CreateGroup { group_name: GroupName::parse(&group(number))?, path: IamPath::parse("/teams/")? }.into()));
    let roles = (0..part(ROLES)).map(role);
    let policies = (0..part(POLICIES)).map(move |number| first_version(account, number));
    users.chain(groups).chain(roles).chain(policies)
}

fn user(number: usize) -> String {
    format!("person.{number:04}")
}

fn group(number: usize) -> String {
    format!("team-{number:03}")
}

fn policy(number: usize) -> String {
    format!("policy-{number:04}")
}

fn role(number: usize) -> anyhow::Result<Command> {
    let command = CreateRole {
        role_name: RoleName::parse(&format!("role-{number:04}"))?,
        path: IamPath::root(),
        description: None,
        max_session_duration: None,
        assume_role_policy_document: PolicyText::parse(TRUST, Kind::Trust)?,
        tags: Tags::default(),
        permissions_boundary: None,
    };
    Ok(command.into())
}

fn first_version(_account: AccountId, number: usize) -> anyhow::Result<Command> {
    let command = CreatePolicy {
        policy_name: PolicyName::parse(&policy(number))?,
        path: IamPath::root(),
        description: None,
        policy_document: document(number, 0)?,
        tags: Tags::default(),
    };
    Ok(command.into())
}

fn further_version(account: AccountId, number: usize, version: usize) -> anyhow::Result<Command> {
    let policy_arn = arn(account, number)?;
    Ok(CreatePolicyVersion { policy_arn, policy_document: document(number, version)?, set_as_default: true }.into())
}

fn arn(account: AccountId, number: usize) -> anyhow::Result<Arn> {
    Ok(Arn::policy(account, &IamPath::root(), &PolicyName::parse(&policy(number))?))
}

/// What ties a user to others: a tag, a group, a policy.
fn ties(account: AccountId, number: usize, groups: usize, policies: usize) -> [anyhow::Result<Command>; 3] {
    let name = || UserName::parse(&user(number));
    let joined = || -> anyhow::Result<Command> {
        let group_name = GroupName::parse(&group(number % groups))?;
        Ok(AddUserToGroup { group_name, user_name: name()?, expires_at: None }.into())
    };
    let attached = || -> anyhow::Result<Command> {
        let policy_arn = arn(account, number % policies)?;
        Ok(AttachPolicy { target: PolicyTarget::User(name()?), policy_arn, expires_at: None }.into())
    };
    let tagged = || workload::tag_user(name()?, &format!("team-{}", number % groups));
    [joined(), attached(), tagged()]
}

/// A document that no other one equals.
fn document(number: usize, version: usize) -> anyhow::Result<PolicyText> {
    let mut resources = Vec::new();
    let mut chars = 120;
    for at in 0.. {
        let resource = format!(r#""arn:aws:s3:::bucket-{number:04}-{version}-{at:03}/reports/*""#);
        chars += resource.len() + 1;
        if chars > DOCUMENT_CHARS {
            break;
        }
        resources.push(resource);
    }
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":[{}]}}]}}"#,
        resources.join(",")
    );
    Ok(PolicyText::parse(&text, Kind::Identity)?)
}

/// Runs commands, many at once.
pub(crate) async fn execute(engine: &Engine, caller: &Caller, commands: Vec<Command>) -> anyhow::Result<()> {
    let mut tasks = JoinSet::new();
    for command in commands {
        if tasks.len() >= AT_ONCE {
            finish(tasks.join_next().await)?;
        }
        let (engine, caller) = (engine.clone(), caller.clone());
        tasks.spawn(async move { engine.execute(&caller, &workload::request(), command, None).await });
    }
    while let Some(ended) = tasks.join_next().await {
        finish(Some(ended))?;
    }
    Ok(())
}

type Ended = Result<Result<chancery_engine::Receipt, chancery_engine::EngineError>, tokio::task::JoinError>;

fn finish(ended: Option<Ended>) -> anyhow::Result<()> {
    if let Some(ended) = ended {
        ended.context("a command has panicked")??;
    }
    Ok(())
}
