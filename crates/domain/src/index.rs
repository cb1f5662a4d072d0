//! What an account knows by other keys than ids. Derived: never stored, rebuilt when a snapshot is read, and kept in
//! step by `Account::apply`.

use std::sync::Arc;

use chancery_model::{GroupId, InstanceProfileId, NameKey, PolicyId, RoleId, Timestamp, UserId};
use imbl::{OrdMap, OrdSet};

use crate::{Entity, Grant, Permissions, PolicyUse, Use};

/// The derived part of an account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Index {
    pub(crate) users: OrdMap<NameKey, UserId>,
    pub(crate) groups: OrdMap<NameKey, GroupId>,
    pub(crate) roles: OrdMap<NameKey, RoleId>,
    pub(crate) policies: OrdMap<NameKey, PolicyId>,
    pub(crate) instance_profiles: OrdMap<NameKey, InstanceProfileId>,
    pub(crate) members: OrdMap<GroupId, Arc<OrdSet<UserId>>>,
    pub(crate) policy_uses: OrdMap<PolicyId, Arc<OrdSet<PolicyUse>>>,
    pub(crate) role_profiles: OrdMap<RoleId, Arc<OrdSet<InstanceProfileId>>>,
    pub(crate) expiries: OrdSet<(Timestamp, Grant)>,
}

/// Adds to a set behind a key.
fn put<K: Ord + Clone, V: Ord + Clone>(map: &mut OrdMap<K, Arc<OrdSet<V>>>, key: K, value: V) {
    match map.get_mut(&key) {
        Some(set) => {
            Arc::make_mut(set).insert(value);
        }
        None => {
            map.insert(key, Arc::new(OrdSet::unit(value)));
        }
    }
}

/// Removes from a set behind a key, and the key with its last value.
fn take<K: Ord + Clone, V: Ord + Clone>(map: &mut OrdMap<K, Arc<OrdSet<V>>>, key: &K, value: &V) {
    let Some(set) = map.get_mut(key) else { return };
    Arc::make_mut(set).remove(value);
    if set.is_empty() {
        map.remove(key);
    }
}

impl Index {
    pub(crate) fn join(&mut self, user: UserId, group: GroupId, expires: Option<Timestamp>) {
        put(&mut self.members, group, user);
        self.expire(Grant::Membership(user, group), expires);
    }

    pub(crate) fn leave(&mut self, user: UserId, group: GroupId, expires: Option<Timestamp>) {
        take(&mut self.members, &group, &user);
        self.settle(Grant::Membership(user, group), expires);
    }

    pub(crate) fn attach(&mut self, entity: Entity, policy: PolicyId, expires: Option<Timestamp>) {
        put(&mut self.policy_uses, policy, PolicyUse { entity, used: Use::Permissions });
        self.expire(Grant::Attachment(entity, policy), expires);
    }

    pub(crate) fn detach(&mut self, entity: Entity, policy: PolicyId, expires: Option<Timestamp>) {
        take(&mut self.policy_uses, &policy, &PolicyUse { entity, used: Use::Permissions });
        self.settle(Grant::Attachment(entity, policy), expires);
    }

    pub(crate) fn bound(&mut self, entity: Entity, old: Option<PolicyId>, new: Option<PolicyId>) {
        let usage = PolicyUse { entity, used: Use::Boundary };
        if let Some(old) = old {
            take(&mut self.policy_uses, &old, &usage);
        }
        if let Some(new) = new {
            put(&mut self.policy_uses, new, usage);
        }
    }

    pub(crate) fn fill(&mut self, role: RoleId, profile: InstanceProfileId) {
        put(&mut self.role_profiles, role, profile);
    }

    pub(crate) fn empty(&mut self, role: RoleId, profile: InstanceProfileId) {
        take(&mut self.role_profiles, &role, &profile);
    }

    fn expire(&mut self, grant: Grant, expires: Option<Timestamp>) {
        if let Some(moment) = expires {
            self.expiries.insert((moment, grant));
        }
    }

    fn settle(&mut self, grant: Grant, expires: Option<Timestamp>) {
        if let Some(moment) = expires {
            self.expiries.remove(&(moment, grant));
        }
    }

    /// Enters all that an identity has: used when a snapshot is read.
    pub(crate) fn enter(&mut self, entity: Entity, permissions: &Permissions, boundary: Option<PolicyId>) {
        for (policy, attachment) in &permissions.attached {
            self.attach(entity, *policy, attachment.expires);
        }
        self.bound(entity, None, boundary);
    }

    /// Takes out all that an identity has: used when it is deleted.
    pub(crate) fn remove(&mut self, entity: Entity, permissions: &Permissions, boundary: Option<PolicyId>) {
        for (policy, attachment) in &permissions.attached {
            self.detach(entity, *policy, attachment.expires);
        }
        self.bound(entity, boundary, None);
    }
}
