//! Relay's `Node`: anything with a global id.

use async_graphql::{ID, Interface};
use chancery_domain::{Account as AccountState, AwsPolicies, Read};
use chancery_engine::Engine;
use chancery_model::{Arn, Sequence};

use super::{Account, Group, InstanceProfile, ManagedPolicy, Record, Role, User};
use crate::{fault::Answer, ids::GlobalId, view::View};

/// Anything with a global id.
#[derive(Debug, Clone, Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "The global id."))]
pub(crate) enum Node {
    /// An account.
    Account(Account),
    /// A user.
    User(User),
    /// A group.
    Group(Group),
    /// A role.
    Role(Role),
    /// A managed policy.
    ManagedPolicy(ManagedPolicy),
    /// An instance profile.
    InstanceProfile(InstanceProfile),
    /// A record of the log.
    Record(Record),
}

/// What a global id names at a view's moment; `None` for what is not there, not of this account, or no id at all.
pub(crate) async fn find(engine: &Engine, view: &View, id: &ID) -> Answer<Option<Node>> {
    let Some(id) = GlobalId::decode(id).filter(|id| id.account() == view.account_id()) else { return Ok(None) };
    let account = view.account_id();
    match id {
        GlobalId::Account(_) => Ok(Some(Node::Account(Account::new(view.clone())))),
        GlobalId::User(_, id) => by_id(view, Read::GetUser, ("user", id.to_string()), |known, _| {
            let state = known.users.get(&id)?;
            Some((state.arn(account), Node::User(User::new(view, state))))
        }),
        GlobalId::Group(_, id) => by_id(view, Read::GetGroup, ("group", id.to_string()), |known, _| {
            let state = known.groups.get(&id)?;
            Some((state.arn(account), Node::Group(Group::new(view, state))))
        }),
        GlobalId::Role(_, id) => by_id(view, Read::GetRole, ("role", id.to_string()), |known, _| {
            let state = known.roles.get(&id)?;
            Some((state.arn(account), Node::Role(Role::new(view, state))))
        }),
        GlobalId::Policy(_, id) => by_id(view, Read::GetPolicy, ("policy", id.to_string()), |known, aws| {
            let state = known.policy_by_id(id, aws)?;
            Some((state.arn.clone(), Node::ManagedPolicy(ManagedPolicy::new(view, state))))
        }),
        GlobalId::InstanceProfile(_, id) => {
            by_id(view, Read::GetInstanceProfile, ("instance-profile", id.to_string()), |known, _| {
                let state = known.instance_profiles.get(&id)?;
                Some((state.arn(account), Node::InstanceProfile(InstanceProfile::new(view, state))))
            })
        }
        GlobalId::Record(_, sequence) => Ok(record(engine, view, sequence).await?.map(Node::Record)),
    }
}

/// What an id finds. What is not there would have the id in the place of its name.
fn by_id(
    view: &View,
    read: Read,
    (kind, id): (&str, String),
    find: impl FnOnce(&AccountState, &AwsPolicies) -> Option<(Arn, Node)>,
) -> Answer<Option<Node>> {
    view.find(read, &Arn::entity(view.account_id(), kind, &id), find)
}

/// The account's record of a sequence, if the view's moment has seen it.
pub(crate) async fn record(engine: &Engine, view: &View, sequence: Sequence) -> Answer<Option<Record>> {
    view.authorize(Read::GetRecord, &Arn::entity(view.account_id(), "record", &sequence.to_string()))?;
    if sequence >= view.reader().sequence() {
        return Ok(None);
    }
    Ok(engine.record(view.reader().caller(), sequence).await?.map(Record::new))
}
