//! Commands and worlds that tests of the organization start from.

use chancery_model::{AccountId, HandshakeId, OrganizationPolicyId, OrganizationalUnitId, ParentId, RootId, TargetId, Title};

use crate::{
    Organization, PolicyType,
    actions::{
        AcceptHandshake, AttachOrganizationPolicy, CreateOrganization, CreateOrganizationPolicy, CreateOrganizationalUnit,
        DetachOrganizationPolicy, EnablePolicyType, InviteAccountToOrganization,
    },
    check::{ACCOUNT, World, account},
};

/// An account beside the management account.
pub(crate) const MEMBER: &str = "222222222222";

/// A service control policy's document.
pub(crate) const DENY_S3: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}"#;
/// A resource control policy's document.
pub(crate) const DENY_ALL_S3: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}]}"#;

/// An organization with nothing in it but its management account, which commands go to.
pub(crate) fn founded() -> World {
    World::new().with(CreateOrganization {})
}

/// The same world with a member account under the root.
pub(crate) fn joined_by(given: World, id: &str) -> World {
    let invited = given.in_account(id).with(account()).in_account(ACCOUNT).with(invite(id));
    let handshake_id = handshake(&invited, id);
    invited.in_account(id).with(AcceptHandshake { handshake_id }).in_account(ACCOUNT)
}

/// The organization.
pub(crate) fn organization(given: &World) -> &Organization {
    given.state.organization.as_deref().unwrap()
}

/// The id of an account.
pub(crate) fn account_id(id: &str) -> AccountId {
    AccountId::parse(id).unwrap()
}

/// A name.
pub(crate) fn title(name: &str) -> Title {
    Title::parse(name).unwrap()
}

/// The root's id.
pub(crate) fn root_id(given: &World) -> RootId {
    organization(given).root
}

/// The root as a parent.
pub(crate) fn root(given: &World) -> ParentId {
    ParentId::Root(root_id(given))
}

/// The id of a unit.
pub(crate) fn unit_id(given: &World, name: &str) -> OrganizationalUnitId {
    organization(given).units.values().find(|unit| unit.name.as_str() == name).unwrap().id
}

/// A unit as a parent.
pub(crate) fn under(given: &World, name: &str) -> ParentId {
    ParentId::Unit(unit_id(given, name))
}

/// The id of a control policy, whatever its type.
pub(crate) fn policy_id(given: &World, name: &str) -> OrganizationPolicyId {
    let mut all = PolicyType::ALL.into_iter().flat_map(|of| organization(given).policies_of(of));
    all.find(|policy| policy.name.as_str() == name).unwrap().id
}

/// The id of an account's invitation.
pub(crate) fn handshake(given: &World, account: &str) -> HandshakeId {
    organization(given).invitations[&account_id(account)].id
}

/// Invites an account.
pub(crate) fn invite(account: &str) -> InviteAccountToOrganization {
    InviteAccountToOrganization { account_id: account_id(account) }
}

/// Creates a unit.
pub(crate) fn unit(parent_id: ParentId, name: &str) -> CreateOrganizationalUnit {
    CreateOrganizationalUnit { parent_id, name: title(name) }
}

/// The same world with a unit under the root.
pub(crate) fn with_unit(given: World, name: &str) -> World {
    let parent = root(&given);
    given.with(unit(parent, name))
}

/// The same world with a type of policy enabled.
pub(crate) fn enabled(given: World, policy_type: PolicyType) -> World {
    let root_id = root_id(&given);
    given.with(EnablePolicyType { root_id, policy_type })
}

/// Creates a service control policy.
pub(crate) fn scp(name: &str) -> CreateOrganizationPolicy {
    let (policy_type, content) = (PolicyType::ServiceControl, DENY_S3.to_owned());
    CreateOrganizationPolicy { policy_type, name: title(name), description: None, content }
}

/// Creates a resource control policy.
pub(crate) fn rcp(name: &str) -> CreateOrganizationPolicy {
    CreateOrganizationPolicy { policy_type: PolicyType::ResourceControl, content: DENY_ALL_S3.to_owned(), ..scp(name) }
}

/// Attaches a policy that the world has.
pub(crate) fn attach_to(given: &World, policy: &str, target: TargetId) -> AttachOrganizationPolicy {
    AttachOrganizationPolicy { policy_id: policy_id(given, policy), target_id: target }
}

/// Detaches a policy that the world has.
pub(crate) fn detach_from(given: &World, policy: &str, target: TargetId) -> DetachOrganizationPolicy {
    DetachOrganizationPolicy { policy_id: policy_id(given, policy), target_id: target }
}

/// The root as a target.
pub(crate) fn at_root(given: &World) -> TargetId {
    TargetId::Parent(root(given))
}

/// A unit as a target.
pub(crate) fn at_unit(given: &World, name: &str) -> TargetId {
    TargetId::Parent(under(given, name))
}

/// An account as a target.
pub(crate) fn at_account(account: &str) -> TargetId {
    TargetId::Account(account_id(account))
}
