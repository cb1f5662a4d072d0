//! The catalogue: every command, one row each, and every read.
//!
//! A verb has one file, named as AWS names it. A family that is the same for every noun (tagging, attaching …) is one
//! file whose action depends on its target.

use std::{
    hash::{Hash, Hasher},
    sync::Arc,
};

use chancery_model::{AccountId, Arn, OrganizationPolicyId, SubjectId, Timestamp, UserName};
use chancery_policy::RequestContext;

use crate::{
    Account, Asked, AwsPolicies, Context, Event, InOrganization, ManagedPolicy, NewPassword, Organization, OrganizationChange,
    OrganizationPolicy, OrganizationRefusal, PolicyType, Rejection, SealFailed, Sealer, VersionId,
};

mod accept_handshake;
mod add_role_to_instance_profile;
mod add_user_to_group;
mod attach_organization_policy;
mod attach_policy;
mod cancel_handshake;
mod create_account;
mod create_account_alias;
mod create_group;
mod create_instance_profile;
mod create_login_profile;
mod create_organization;
mod create_organization_policy;
mod create_organizational_unit;
mod create_policy;
mod create_policy_version;
mod create_role;
mod create_user;
mod decline_handshake;
mod delete_account_alias;
mod delete_account_password_policy;
mod delete_group;
mod delete_inline_policy;
mod delete_instance_profile;
mod delete_login_profile;
mod delete_organization;
mod delete_organization_policy;
mod delete_organizational_unit;
mod delete_permissions_boundary;
mod delete_policy;
mod delete_policy_version;
mod delete_resource_policy;
mod delete_role;
mod delete_user;
mod detach_organization_policy;
mod detach_policy;
mod disable_policy_type;
mod enable_policy_type;
mod expire_grant;
mod invite_account_to_organization;
mod leave_organization;
mod move_account;
mod publish_managed_policy;
mod put_inline_policy;
mod put_permissions_boundary;
mod put_resource_policy;
mod reads;
mod remove_account_from_organization;
mod remove_role_from_instance_profile;
mod remove_user_from_group;
mod request_quota_increase;
mod set_default_policy_version;
mod tag;
mod target;
mod untag;
mod update_account_password_policy;
mod update_assume_role_policy;
mod update_group;
mod update_login_profile;
mod update_organization_policy;
mod update_organizational_unit;
mod update_role;
mod update_user;

pub use reads::Read;
pub use target::{PolicyTarget, TagTarget};

/// What every command can do.
pub trait Act: Hash {
    /// The action's name, as AWS names it and as records keep it: `CreateUser`.
    fn action(&self) -> &'static str;

    /// The service and the action that the caller must be allowed, as policies name them: `iam` and `CreateUser`.
    fn permission(&self) -> (&'static str, &'static str) {
        ("iam", self.action())
    }

    /// The ARN that the caller must be allowed to act on.
    fn resource(&self, account: &Account) -> Arn;

    /// Says what the input has under condition keys of its own. `account` and `aws` are as they are before the command.
    fn say(&self, _account: &Account, _aws: &AwsPolicies, _keys: &mut RequestContext) {}

    /// What the caller must be allowed besides.
    fn also(&self, _account: &Account) -> Vec<Asked> {
        Vec::new()
    }

    /// The password to hash before sealing, if the command brings one.
    fn password(&mut self) -> Option<&mut NewPassword> {
        None
    }

    /// Seals what is personal or secret. `account` is as published when the command came in.
    ///
    /// # Errors
    /// As the sealer's.
    fn seal(&mut self, _account: Option<&Account>, _sealer: &mut dyn Sealer) -> Result<(), SealFailed> {
        Ok(())
    }

    /// Which events: none when everything is already so.
    ///
    /// # Errors
    /// The first reason against it, in the order of [`Rejection`].
    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection>;
}

macro_rules! catalogue {
    ($($module:ident :: $name:ident: $doc:literal;)*) => {
        $(pub use $module::$name;)*

        /// Any command.
        #[derive(Debug, Clone)]
        pub enum Command {
            $(#[doc = $doc] $name($name),)*
        }

        $(impl From<$name> for Command {
            fn from(command: $name) -> Self {
                Self::$name(command)
            }
        })*

        impl Command {
            fn act(&self) -> &dyn DynAct {
                match self {
                    $(Self::$name(command) => command,)*
                }
            }

            fn act_mut(&mut self) -> &mut dyn DynAct {
                match self {
                    $(Self::$name(command) => command,)*
                }
            }
        }
    };
}

catalogue! {
    accept_handshake::AcceptHandshake: "Accepts an invitation to the organization.";
    add_role_to_instance_profile::AddRoleToInstanceProfile: "Puts a role into an instance profile.";
    add_user_to_group::AddUserToGroup: "Puts a user into a group.";
    attach_organization_policy::AttachOrganizationPolicy: "Attaches a control policy to the root, a unit or an account.";
    attach_policy::AttachPolicy: "Attaches a managed policy to a user, group or role.";
    cancel_handshake::CancelHandshake: "Takes an invitation to the organization back.";
    create_account::CreateAccount: "Creates an account: the one command that has no account yet.";
    create_account_alias::CreateAccountAlias: "Gives the account an alias.";
    create_group::CreateGroup: "Creates a group.";
    create_instance_profile::CreateInstanceProfile: "Creates an instance profile.";
    create_login_profile::CreateLoginProfile: "Gives a user a password.";
    create_organization::CreateOrganization: "Creates the organization, managed by the account.";
    create_organization_policy::CreateOrganizationPolicy: "Creates a control policy.";
    create_organizational_unit::CreateOrganizationalUnit: "Creates an organizational unit.";
    create_policy::CreatePolicy: "Creates a customer managed policy.";
    create_policy_version::CreatePolicyVersion: "Adds a version to a customer managed policy.";
    create_role::CreateRole: "Creates a role.";
    create_user::CreateUser: "Creates a user.";
    decline_handshake::DeclineHandshake: "Refuses an invitation to the organization.";
    delete_account_alias::DeleteAccountAlias: "Takes the account's alias away.";
    delete_account_password_policy::DeleteAccountPasswordPolicy: "Takes the account's own rules for passwords away.";
    delete_group::DeleteGroup: "Deletes a group.";
    delete_inline_policy::DeleteInlinePolicy: "Deletes an inline policy of a user, group or role.";
    delete_instance_profile::DeleteInstanceProfile: "Deletes an instance profile.";
    delete_login_profile::DeleteLoginProfile: "Takes a user's password away.";
    delete_organization::DeleteOrganization: "Deletes the organization.";
    delete_organization_policy::DeleteOrganizationPolicy: "Deletes a control policy.";
    delete_organizational_unit::DeleteOrganizationalUnit: "Deletes an empty organizational unit.";
    delete_permissions_boundary::DeletePermissionsBoundary: "Takes the permissions boundary from a user or role.";
    delete_policy::DeletePolicy: "Deletes a customer managed policy.";
    delete_policy_version::DeletePolicyVersion: "Deletes a version of a customer managed policy.";
    delete_resource_policy::DeleteResourcePolicy: "Deletes the policy of a resource that lives elsewhere.";
    delete_role::DeleteRole: "Deletes a role.";
    delete_user::DeleteUser: "Deletes a user.";
    detach_organization_policy::DetachOrganizationPolicy: "Detaches a control policy from the root, a unit or an account.";
    detach_policy::DetachPolicy: "Detaches a managed policy from a user, group or role.";
    disable_policy_type::DisablePolicyType: "Stops a type of control policy from counting.";
    enable_policy_type::EnablePolicyType: "Makes a type of control policy count.";
    expire_grant::ExpireGrant: "Ends a membership or an attachment whose time is over.";
    invite_account_to_organization::InviteAccountToOrganization: "Invites an account of this installation to the organization.";
    leave_organization::LeaveOrganization: "Takes the account itself out of the organization.";
    move_account::MoveAccount: "Puts an account under another parent.";
    publish_managed_policy::PublishManagedPolicy: "Imports one of AWS's managed policies.";
    put_inline_policy::PutInlinePolicy: "Writes an inline policy into a user, group or role.";
    put_permissions_boundary::PutPermissionsBoundary: "Sets the permissions boundary of a user or role.";
    put_resource_policy::PutResourcePolicy: "Writes the policy of a resource that lives elsewhere.";
    remove_account_from_organization::RemoveAccountFromOrganization: "Takes an account out of the organization.";
    remove_role_from_instance_profile::RemoveRoleFromInstanceProfile: "Takes the role out of an instance profile.";
    remove_user_from_group::RemoveUserFromGroup: "Takes a user out of a group.";
    request_quota_increase::RequestQuotaIncrease: "Raises a quota.";
    set_default_policy_version::SetDefaultPolicyVersion: "Puts a version of a customer managed policy in force.";
    tag::Tag: "Sets tags on a user, role, customer managed policy or instance profile.";
    untag::Untag: "Takes tags away from a user, role, customer managed policy or instance profile.";
    update_account_password_policy::UpdateAccountPasswordPolicy: "Gives the account its own rules for passwords.";
    update_assume_role_policy::UpdateAssumeRolePolicy: "Replaces a role's trust policy.";
    update_group::UpdateGroup: "Gives a group another name or path.";
    update_login_profile::UpdateLoginProfile: "Changes a user's password.";
    update_organization_policy::UpdateOrganizationPolicy: "Changes a control policy.";
    update_organizational_unit::UpdateOrganizationalUnit: "Gives an organizational unit another name.";
    update_role::UpdateRole: "Changes a role's description and session duration.";
    update_user::UpdateUser: "Gives a user another name or path.";
}

impl Command {
    /// The action's name: `CreateUser`.
    #[must_use]
    pub fn action(&self) -> &'static str {
        self.act().action()
    }

    /// The service and the action that the caller must be allowed, as policies name them: `iam` and `CreateUser`.
    #[must_use]
    pub fn permission(&self) -> (&'static str, &'static str) {
        self.act().permission()
    }

    /// The ARN that the caller must be allowed to act on.
    #[must_use]
    pub fn resource(&self, account: &Account) -> Arn {
        self.act().resource(account)
    }

    /// Everything that the caller must be allowed. The first is the action itself.
    #[must_use]
    pub fn asked(&self, account: &Account, aws: &AwsPolicies) -> Vec<Asked> {
        let act = self.act();
        let (service, action) = act.permission();
        let mut keys = RequestContext::new();
        act.say(account, aws, &mut keys);
        let mut asked = vec![Asked { service, action, resource: act.resource(account), keys }];
        asked.extend(act.also(account));
        asked
    }

    /// The same where there is no such account yet.
    #[must_use]
    pub fn asked_of_nothing(&self, account: AccountId) -> Vec<Asked> {
        let (service, action) = self.act().permission();
        vec![Asked { service, action, resource: Arn::root(account), keys: RequestContext::new() }]
    }

    /// The password to hash before sealing.
    pub fn password(&mut self) -> Option<&mut NewPassword> {
        self.act_mut().password()
    }

    /// Seals what is personal or secret.
    ///
    /// # Errors
    /// As the sealer's.
    pub fn seal(&mut self, account: Option<&Account>, sealer: &mut dyn Sealer) -> Result<(), SealFailed> {
        self.act_mut().seal(account, sealer)
    }

    /// Which events.
    ///
    /// # Errors
    /// The first reason against it.
    pub fn decide(&self, account: AccountId, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        if let Self::CreateAccount(command) = self {
            return command.decide_new(account, context);
        }
        self.act().decide(context.state.account(account)?, context)
    }

    /// Feeds the input, in clear, to a hasher: two commands with the same input feed the same bytes.
    pub fn feed(&self, hasher: &mut dyn Hasher) {
        self.act().feed(hasher);
    }
}

/// [`Act`] as a trait object: `Hash` is not one.
trait DynAct {
    fn action(&self) -> &'static str;
    fn permission(&self) -> (&'static str, &'static str);
    fn resource(&self, account: &Account) -> Arn;
    fn say(&self, account: &Account, aws: &AwsPolicies, keys: &mut RequestContext);
    fn also(&self, account: &Account) -> Vec<Asked>;
    fn password(&mut self) -> Option<&mut NewPassword>;
    fn seal(&mut self, account: Option<&Account>, sealer: &mut dyn Sealer) -> Result<(), SealFailed>;
    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection>;
    fn feed(&self, hasher: &mut dyn Hasher);
}

impl<A: Act> DynAct for A {
    fn action(&self) -> &'static str {
        Act::action(self)
    }

    fn permission(&self) -> (&'static str, &'static str) {
        Act::permission(self)
    }

    fn resource(&self, account: &Account) -> Arn {
        Act::resource(self, account)
    }

    fn say(&self, account: &Account, aws: &AwsPolicies, keys: &mut RequestContext) {
        Act::say(self, account, aws, keys);
    }

    fn also(&self, account: &Account) -> Vec<Asked> {
        Act::also(self, account)
    }

    fn password(&mut self) -> Option<&mut NewPassword> {
        Act::password(self)
    }

    fn seal(&mut self, account: Option<&Account>, sealer: &mut dyn Sealer) -> Result<(), SealFailed> {
        Act::seal(self, account, sealer)
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        Act::decide(self, account, context)
    }

    fn feed(&self, mut hasher: &mut dyn Hasher) {
        Act::action(self).hash(&mut hasher);
        self.hash(&mut hasher);
    }
}

/// The organization that the account manages.
fn managed<'a>(account: &Account, context: &Context<'a>) -> Result<&'a Organization, Rejection> {
    context.state.organization_managed_by(account.id)
}

/// An event of the organization.
fn organization_event(organization: &Organization, change: OrganizationChange) -> Vec<Event> {
    vec![Event::Organization(organization.id, change)]
}

/// The ARN of a part of the organization that the account is in; that of the account's root user when it is in none, which
/// `decide` refuses.
fn organization_arn(account: &Account, arn: impl FnOnce(&InOrganization) -> Arn) -> Arn {
    account.organization.as_ref().map_or_else(|| account.root_arn(), arn)
}

/// The ARN of a control policy. Its type is not known without the organization: a wildcard stands in its place, and for one
/// of AWS's the type is its own.
fn organization_policy_arn(account: &Account, id: OrganizationPolicyId) -> Arn {
    organization_arn(account, |known| match id {
        OrganizationPolicyId::FullAwsAccess => known.policy_arn(PolicyType::ServiceControl, id),
        OrganizationPolicyId::RcpFullAwsAccess => known.policy_arn(PolicyType::ResourceControl, id),
        OrganizationPolicyId::Own(_) => {
            Arn::organization(Some(known.management), &format!("policy/{}/*/{id}", known.organization))
        }
    })
}

/// The organization's own policy of an id.
fn own_organization_policy(organization: &Organization, id: OrganizationPolicyId) -> Result<&Arc<OrganizationPolicy>, Rejection> {
    let policy = organization.existing_policy(id)?;
    if policy.is_awss() { Err(OrganizationRefusal::Immutable(id).into()) } else { Ok(policy) }
}

/// Under whose key the fields of an existing user are sealed; `None` when there is no such user, which `decide` refuses.
fn subject_of(account: Option<&Account>, user: &UserName) -> Option<SubjectId> {
    account?.user(user).ok().map(|user| user.subject)
}

/// What was sealed for a user that is there. When the user came after the command was prepared, nothing was sealed for it:
/// as with a user that was replaced, the caller tries again.
fn for_present<T>(sealed: Result<T, Rejection>) -> Result<T, Rejection> {
    sealed.map_err(|rejection| if rejection == Rejection::Unsealed { Rejection::ConcurrentModification } else { rejection })
}

/// Refuses an end that is not after now.
fn in_the_future(end: Option<Timestamp>, context: &Context<'_>) -> Result<(), Rejection> {
    match end {
        Some(expires) if expires <= context.now => Err(Rejection::ExpiryInThePast { expires, now: context.now }),
        Some(_) | None => Ok(()),
    }
}

/// The managed policy that is to be attached or to be a boundary.
fn attachable_policy<'a>(account: &'a Account, arn: &Arn, context: &Context<'a>) -> Result<&'a ManagedPolicy, Rejection> {
    account.policy(arn, &context.state.aws).map(Arc::as_ref).map_err(|_| Rejection::not_there_to_attach(arn))
}

/// The managed policy, if it has the version.
fn policy_with_version<'a>(
    account: &'a Account,
    arn: &Arn,
    version: VersionId,
    context: &Context<'a>,
) -> Result<&'a ManagedPolicy, Rejection> {
    let policy = account.policy(arn, &context.state.aws)?;
    if policy.versions.contains_key(&version) { Ok(policy) } else { Err(Rejection::version_missing(arn, version)) }
}

/// Refuses to change what is AWS's.
fn customers_own(policy: &ManagedPolicy) -> Result<(), Rejection> {
    if policy.arn.account_text() == "aws" { Err(Rejection::policy_of_aws(&policy.arn)) } else { Ok(()) }
}
