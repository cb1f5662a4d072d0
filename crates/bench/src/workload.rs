//! The work that is measured: an engine on a real directory, root users of several accounts, and the life of users over and over.

use std::{
    net::{IpAddr, Ipv4Addr},
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use chancery_domain::{
    Command, Given, NewPassword,
    actions::{AddUserToGroup, CreateAccount, CreateGroup, CreateUser, DeleteUser, RemoveUserFromGroup, Tag, TagTarget, Untag},
};
use chancery_engine::{AccountRef, Caller, Engine, EngineConfig, FirstAccount, Request, SignIn, SignedIn, init};
use chancery_model::{
    AccountId, Case, EmailAddress, GroupName, Path as IamPath, Secret, Tag as OneTag, TagKey, TagValue, Tags, UserName,
};
use tokio::{runtime::Runtime, task::JoinSet};

/// The root user's password in every account.
pub(crate) const PASSWORD: &str = "correct horse 9 Battery";
/// A group that every account has.
const GROUP: &str = "bench";
/// What one life of a user is: how many commands.
const STEPS: u64 = 10;

/// A runtime as the server has it.
pub(crate) fn runtime() -> anyhow::Result<Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

/// Settings of an engine in `dir`. Only sign-in is cheaper than usual, and nothing here measures that.
pub(crate) fn config(dir: &Path) -> EngineConfig {
    let mut config = EngineConfig::new(dir);
    config.hashing.memory_kib = 1_024;
    config.hashing.passes = 1;
    config
}

/// The number of an account.
pub(crate) fn account_id(number: usize) -> anyhow::Result<AccountId> {
    Ok(AccountId::parse(&format!("{:012}", 100_000_000_000_usize.saturating_add(number)))?)
}

/// A request as the server hands it on: with an address and a user agent, which are sealed into the record.
pub(crate) fn request() -> Request {
    let mut request = Request::local();
    request.address = Some(IpAddr::V4(Ipv4Addr::LOCALHOST));
    request.user_agent = Some("chancery-bench/0.1".to_owned());
    request
}

/// A new data directory with so many accounts, and their root users with a session each.
pub(crate) fn fresh(runtime: &Runtime, dir: &Path, accounts: usize) -> anyhow::Result<(Engine, Vec<Caller>)> {
    let first = FirstAccount {
        account: Some(account_id(0)?),
        password: Some(Secret::new(PASSWORD.to_owned())),
        ..FirstAccount::default()
    };
    let (engine, _) = init(config(dir), first, &|_| {})?;
    let callers = runtime.block_on(async {
        let mut callers = Vec::new();
        for number in 0..accounts {
            callers.push(account(&engine, number).await?);
        }
        anyhow::Ok(callers)
    })?;
    Ok((engine, callers))
}

async fn account(engine: &Engine, number: usize) -> anyhow::Result<Caller> {
    let id = account_id(number)?;
    if number > 0 {
        let email = Given::new(EmailAddress::parse(&format!("root{number}@example.com"))?);
        let password = Some(NewPassword::new(Secret::new(PASSWORD.to_owned())));
        let command = CreateAccount { email, password, alias: None };
        engine.execute(&Caller::operator(id), &request(), command.into(), None).await?;
    }
    let caller = sign_in(engine, id).await?;
    let group = CreateGroup { group_name: GroupName::parse(GROUP)?, path: IamPath::root() };
    engine.execute(&caller, &request(), group.into(), None).await?;
    Ok(caller)
}

/// The root user of an account, signed in.
async fn sign_in(engine: &Engine, account: AccountId) -> anyhow::Result<Caller> {
    let input = SignIn { account: AccountRef::Id(account), user_name: None, password: Secret::new(PASSWORD.to_owned()) };
    match engine.sign_in(input, &request()).await? {
        SignedIn::Session { token, .. } => Ok(engine.authenticate(token.expose())?),
        SignedIn::Challenge(_) => bail!("the root user was asked for more than a password"),
    }
}

/// One user after the other is created, tagged five times, put into a group, untagged, taken out and deleted: no quota is reached and
/// the state stays small, however many records there are.
pub(crate) struct Life {
    /// In whose account: it stays there from one load to the next.
    number: usize,
    user: UserName,
    group: GroupName,
    prefix: String,
    step: u64,
}

impl Life {
    pub(crate) fn new(number: usize) -> anyhow::Result<Self> {
        let prefix = format!("person.{number:04}");
        Ok(Self { number, user: UserName::parse(&prefix)?, group: GroupName::parse(GROUP)?, prefix, step: 0 })
    }

    /// The next command.
    pub(crate) fn next(&mut self) -> anyhow::Result<Command> {
        let (generation, step) = (self.step / STEPS, self.step % STEPS);
        self.step += 1;
        let (user_name, group_name) = (self.user.clone(), self.group.clone());
        Ok(match step {
            0 => {
                self.user = UserName::parse(&format!("{}.{generation}", self.prefix))?;
                create_user(self.user.clone())
            }
            1..=5 => tag_user(user_name, &format!("Cost-Center-{generation}-{step}"))?,
            6 => AddUserToGroup { group_name, user_name, expires_at: None }.into(),
            7 => Untag { target: TagTarget::User(user_name), keys: vec![TagKey::parse("team")?] }.into(),
            8 => RemoveUserFromGroup { group_name, user_name }.into(),
            _ => DeleteUser { user_name }.into(),
        })
    }
}

pub(crate) fn create_user(user_name: UserName) -> Command {
    CreateUser { user_name: Given::new(user_name), path: IamPath::root(), tags: Tags::default(), permissions_boundary: None }
        .into()
}

pub(crate) fn tag_user(user_name: UserName, value: &str) -> anyhow::Result<Command> {
    let mut tags = Tags::default();
    tags.set(OneTag { key: TagKey::parse("team")?, value: Given::new(TagValue::parse(value)?) }, Case::Folded);
    Ok(Tag { target: TagTarget::User(user_name), tags }.into())
}

/// Commands under load.
#[derive(Debug, Default)]
pub(crate) struct Load {
    /// How many were answered in a second.
    pub(crate) rate: f64,
    /// How long each took, in milliseconds.
    pub(crate) millis: Vec<f64>,
}

impl Load {
    pub(crate) fn new(millis: Vec<f64>, took: Duration) -> Self {
        Self { rate: count(millis.len()) / took.as_secs_f64(), millis }
    }
}

/// A count as a number to calculate with.
pub(crate) fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::INFINITY, f64::from)
}

/// Lets the lives go on, one caller each, until the time is over or so many commands are done, and leaves them where they are.
pub(crate) fn drive(
    runtime: &Runtime,
    engine: &Engine,
    callers: &[Caller],
    lives: &mut Vec<Life>,
    span: Span,
) -> anyhow::Result<Load> {
    let begun = Instant::now();
    let (millis, back) = runtime.block_on(async {
        let mut tasks = JoinSet::new();
        for life in lives.drain(..) {
            let caller = callers.get(life.number % callers.len().max(1)).context("nobody calls")?;
            tasks.spawn(live(engine.clone(), caller.clone(), life, span));
        }
        let (mut millis, mut back) = (Vec::new(), Vec::new());
        while let Some(ended) = tasks.join_next().await {
            let (life, took) = ended.context("a caller has panicked")??;
            back.push(life);
            millis.extend(took);
        }
        anyhow::Ok((millis, back))
    })?;
    let took = begun.elapsed();
    *lives = back;
    Ok(Load::new(millis, took))
}

/// How long a load lasts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    pub(crate) until: Instant,
    pub(crate) commands_each: usize,
}

impl Span {
    pub(crate) fn time(load: Duration) -> Self {
        Self { until: Instant::now() + load, commands_each: usize::MAX }
    }

    /// So many commands of each caller, however long it takes.
    pub(crate) fn commands(each: usize) -> Self {
        Self { until: Instant::now() + Duration::from_secs(3_600), commands_each: each }
    }
}

async fn live(engine: Engine, caller: Caller, mut life: Life, span: Span) -> anyhow::Result<(Life, Vec<f64>)> {
    let mut millis = Vec::new();
    let mut begun = Instant::now();
    while begun < span.until && millis.len() < span.commands_each {
        let command = life.next()?;
        let receipt = engine.execute(&caller, &request(), command, None).await?;
        if receipt.record.is_none() {
            bail!("a command wrote nothing, so that nothing durable was measured");
        }
        let now = Instant::now();
        millis.push(now.duration_since(begun).as_secs_f64() * 1_000.0);
        begun = now;
    }
    Ok((life, millis))
}
