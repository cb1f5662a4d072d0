//! The policies that apply to a principal, each with where it comes from.
//!
//! A view on an account: nothing is copied. What a grant gives for a time it gives before its end only, whether or not
//! its end has been written to the log yet.

use std::sync::Arc;

use chancery_model::{GroupId, PolicyId, PolicyName, RoleId, Timestamp, UserId};
use chancery_policy::PolicyText;

use crate::{Account, AwsPolicies, Entity, ManagedPolicy, Permissions, Role, User, VersionId};

/// The policies of a user or role at a moment.
#[derive(Debug, Clone, Copy)]
pub struct Effective<'a> {
    account: &'a Account,
    aws: &'a AwsPolicies,
    now: Timestamp,
    of: Of<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Of<'a> {
    User(&'a User),
    Role(&'a Role),
}

/// One policy that applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EffectivePolicy<'a> {
    /// Whose it is: the user's own, one of its groups', or the role's.
    pub attached_to: Entity,
    /// Inline, or which version of which managed policy.
    pub origin: PolicyOrigin<'a>,
    /// The document.
    pub text: &'a PolicyText,
}

/// What kind of policy it is, and which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyOrigin<'a> {
    /// An inline policy.
    Inline(&'a PolicyName),
    /// A managed policy, customer managed or AWS's, with the version that is in force.
    Managed(&'a Arc<ManagedPolicy>, VersionId),
}

/// The permissions boundary of a principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Boundary<'a> {
    /// There is none: nothing is limited.
    None,
    /// This policy limits what can be allowed.
    Within(EffectivePolicy<'a>),
    /// The policy is gone, as one of AWS's may be with a newer binary: nothing can be allowed until the boundary is set anew
    /// or taken away.
    Lost(PolicyId),
}

impl Account {
    /// The policies of a user. A grant that ends at `now` or before gives nothing.
    #[must_use]
    pub fn effective_of_user<'a>(&'a self, id: UserId, now: Timestamp, aws: &'a AwsPolicies) -> Option<Effective<'a>> {
        self.users.get(&id).map(|user| Effective { account: self, aws, now, of: Of::User(user) })
    }

    /// The policies of a role.
    #[must_use]
    pub fn effective_of_role<'a>(&'a self, id: RoleId, now: Timestamp, aws: &'a AwsPolicies) -> Option<Effective<'a>> {
        self.roles.get(&id).map(|role| Effective { account: self, aws, now, of: Of::Role(role) })
    }
}

impl<'a> Effective<'a> {
    /// The identity-based policies: the principal's own, inline before attached, then those of each group of a user, in the
    /// order of ids and names. The same at every call.
    pub fn identity(self) -> impl Iterator<Item = EffectivePolicy<'a>> {
        let (entity, permissions) = self.own();
        self.policies(entity, permissions)
            .chain(self.groups().flat_map(move |(id, permissions)| self.policies(Entity::Group(id), permissions)))
    }

    /// The permissions boundary.
    #[must_use]
    pub fn boundary(self) -> Boundary<'a> {
        let (entity, set) = match self.of {
            Of::User(user) => (Entity::User(user.id), user.boundary),
            Of::Role(role) => (Entity::Role(role.id), role.boundary),
        };
        let Some(id) = set else { return Boundary::None };
        self.managed(entity, id).map_or(Boundary::Lost(id), Boundary::Within)
    }

    /// When the first of the grants that are in force ends; none when all are for good.
    #[must_use]
    pub fn until(self) -> Option<Timestamp> {
        let (_, own) = self.own();
        let memberships = match self.of {
            Of::User(user) => Some(user.groups.iter().filter_map(|(_, membership)| membership.expires)),
            Of::Role(_) => None,
        };
        let of_groups = self.groups().flat_map(|(_, permissions)| permissions.attached.iter());
        let attached = own.attached.iter().chain(of_groups).filter_map(|(_, attachment)| attachment.expires);
        memberships.into_iter().flatten().chain(attached).filter(|end| *end > self.now).min()
    }

    fn own(self) -> (Entity, &'a Permissions) {
        match self.of {
            Of::User(user) => (Entity::User(user.id), &user.permissions),
            Of::Role(role) => (Entity::Role(role.id), &role.permissions),
        }
    }

    /// The groups that the user is in now; none for a role.
    fn groups(self) -> impl Iterator<Item = (GroupId, &'a Permissions)> {
        let memberships = match self.of {
            Of::User(user) => Some(&user.groups),
            Of::Role(_) => None,
        };
        let now = memberships.into_iter().flatten().filter(move |(_, membership)| self.lasts(membership.expires));
        now.filter_map(move |(id, _)| self.account.groups.get(id).map(|group| (*id, &group.permissions)))
    }

    fn policies(self, entity: Entity, permissions: &'a Permissions) -> impl Iterator<Item = EffectivePolicy<'a>> {
        let inline = permissions.inline.iter();
        let attached = permissions.attached.iter().filter(move |(_, attachment)| self.lasts(attachment.expires));
        inline
            .map(move |(name, text)| EffectivePolicy { attached_to: entity, origin: PolicyOrigin::Inline(name), text })
            .chain(attached.filter_map(move |(id, _)| self.managed(entity, *id)))
    }

    fn managed(self, entity: Entity, id: PolicyId) -> Option<EffectivePolicy<'a>> {
        let policy = self.account.policy_by_id(id, self.aws)?;
        let origin = PolicyOrigin::Managed(policy, policy.default);
        Some(EffectivePolicy { attached_to: entity, origin, text: policy.document()? })
    }

    fn lasts(self, expires: Option<Timestamp>) -> bool {
        expires.is_none_or(|end| end > self.now)
    }
}

#[cfg(test)]
mod tests {
    use chancery_model::Timestamp;
    use expect_test::expect;

    use super::*;
    use crate::{
        Event, UserChange,
        actions::{AddUserToGroup, AttachPolicy, CreatePolicyVersion},
        check::{START, World, group, joined, user, user_name},
        check_builders::{
            add_version, allowing, attach, aws_arn, policy, policy_arn, put_boundary, put_inline, role, role_name, to_group,
            to_role, to_user,
        },
    };

    fn shown(world: &World, policy: EffectivePolicy<'_>) -> String {
        let holder = world.here().entity_arn(policy.attached_to).unwrap();
        let origin = match policy.origin {
            PolicyOrigin::Inline(name) => format!("inline {name}"),
            PolicyOrigin::Managed(managed, version) => format!("{} {version}", managed.name),
        };
        format!("{} {origin}", holder.resource())
    }

    fn of_user<'a>(world: &'a World, name: &str) -> Effective<'a> {
        let id = world.here().user(&user_name(name)).unwrap().id;
        world.here().effective_of_user(id, world.now, &world.state.aws).unwrap()
    }

    fn of_role(world: &World, id: RoleId) -> Effective<'_> {
        world.here().effective_of_role(id, world.now, &world.state.aws).unwrap()
    }

    fn all(world: &World, effective: Effective<'_>) -> String {
        effective.identity().map(|policy| shown(world, policy) + "\n").collect()
    }

    fn at(seconds: u64) -> Option<Timestamp> {
        Some(Timestamp::from_millis(START).plus_seconds(seconds))
    }

    fn people() -> World {
        World::new().with(user("ada")).with(group("devs")).with(group("ops")).with(policy("Readers")).with(policy("Writers"))
    }

    #[test]
    fn a_users_own_policies_then_those_of_its_groups() {
        let given = people().with(joined("ada", "devs")).with(joined("ada", "ops"));
        let given = given.with(put_inline(to_user("ada"), "b")).with(put_inline(to_user("ada"), "a"));
        let given = given.with(attach(to_user("ada"), policy_arn("Readers"))).with(put_inline(to_group("ops"), "c"));
        let given = given.with(attach(to_group("devs"), policy_arn("Writers"))).with(add_version("Writers", true));
        expect![[r"
            user/ada inline a
            user/ada inline b
            user/ada Readers v1
            group/devs Writers v2
            group/ops inline c
        "]]
        .assert_eq(&all(&given, of_user(&given, "ada")));
    }

    #[test]
    fn the_document_is_that_of_the_version_in_force() {
        let given = people().with(attach(to_user("ada"), policy_arn("Readers")));
        let next = |set_as_default| CreatePolicyVersion {
            policy_arn: policy_arn("Readers"),
            policy_document: allowing("sqs:*"),
            set_as_default,
        };
        for (set_as_default, text) in [(false, allowing("s3:Get*")), (true, allowing("sqs:*"))] {
            let given = given.clone().with(next(set_as_default));
            let found: Vec<_> = of_user(&given, "ada").identity().map(|policy| policy.text.clone()).collect();
            assert_eq!(found, [text]);
        }
    }

    #[test]
    fn what_is_over_gives_nothing_though_its_end_is_not_written_yet() {
        let member = AddUserToGroup { expires_at: at(100), ..joined("ada", "devs") };
        let given = people().with(member).with(put_inline(to_group("devs"), "c"));
        let given = given.with(AttachPolicy { expires_at: at(200), ..attach(to_user("ada"), policy_arn("Readers")) });
        let mut given = given.with(AttachPolicy { expires_at: at(300), ..attach(to_group("devs"), policy_arn("Writers")) });
        let mut seen = Vec::new();
        for seconds in [99, 100, 199, 200] {
            given.now = at(seconds).unwrap();
            let effective = of_user(&given, "ada");
            seen.push((effective.identity().count(), effective.until()));
        }
        assert_eq!(seen, [(3, at(100)), (1, at(200)), (1, at(200)), (0, None)]);
    }

    #[test]
    fn a_role_has_its_own_alone_and_a_boundary_apart() {
        let given = people().with(role("deploy")).with(put_inline(to_role("deploy"), "a"));
        let given = given.with(attach(to_role("deploy"), aws_arn("ReadOnlyAccess")));
        let id = given.here().role(&role_name("deploy")).unwrap().id;
        assert_eq!(of_role(&given, id).boundary(), Boundary::None);
        let bounded = given.with(put_boundary(to_role("deploy"), policy_arn("Writers")));
        let Boundary::Within(boundary) = of_role(&bounded, id).boundary() else { panic!("bounded") };
        assert_eq!(shown(&bounded, boundary), "role/deploy Writers v1");
        let found: Vec<_> = of_role(&bounded, id).identity().collect();
        assert_eq!(found.len(), 2);
        assert_eq!(shown(&bounded, found[0]), "role/deploy inline a");
    }

    #[test]
    fn a_boundary_whose_policy_is_gone_is_not_no_boundary() {
        let given = people();
        let (id, lost) = (given.here().user(&user_name("ada")).unwrap().id, PolicyId::from_random(77));
        let given = given.after(Event::User(id, UserChange::BoundarySet { policy: lost }));
        assert_eq!(of_user(&given, "ada").boundary(), Boundary::Lost(lost));
    }

    #[test]
    fn nobody_has_no_policies() {
        let given = World::new();
        assert!(given.here().effective_of_user(UserId::from_random(9), given.now, &given.state.aws).is_none());
        assert!(given.here().effective_of_role(RoleId::from_random(9), given.now, &given.state.aws).is_none());
    }
}
