//! The organization: its tree, and who is in it.

use async_graphql::{Context, InputObject, Object};
use chancery_domain::actions::{
    AcceptHandshake, CancelHandshake, CreateOrganization, CreateOrganizationalUnit, DeclineHandshake, DeleteOrganization,
    DeleteOrganizationalUnit, InviteAccountToOrganization, LeaveOrganization, MoveAccount, RemoveAccountFromOrganization,
    UpdateOrganizationalUnit,
};
use chancery_model::{ParentId, TargetId, Title};

use super::payload;
use crate::{
    fault::{Nullable, refusable},
    objects::{Invitation, Organization, OrganizationTarget},
    scalars::AccountId,
    scope::{Done, Scope},
};

#[derive(Debug)]
pub(crate) struct Organizations;

payload!(OrganizationPayload, "a command on the organization";
    organization: Option<Organization> = "The organization as the command left it; null when the account is in none.");
payload!(OrganizationTargetPayload, "a command on a place of the organization";
    target: Option<OrganizationTarget> = "The place as the command left it.");
payload!(InvitationPayload, "an invitation"; invitation: Option<Invitation> = "The invitation.");

impl OrganizationPayload {
    pub(super) fn of(done: &Done) -> Self {
        let organization = done.organization().map(|organization| Organization::new(&done.view, organization));
        Self { organization, record: done.record() }
    }
}

impl OrganizationTargetPayload {
    pub(super) fn of(done: &Done, id: Option<TargetId>) -> Self {
        let found = id.zip(done.organization());
        let target = found.and_then(|(id, organization)| OrganizationTarget::new(&done.view, organization, id).ok());
        Self { target, record: done.record() }
    }
}

/// Input of the commands that need no more than the caller.
#[derive(InputObject, Default)]
pub(crate) struct OrganizationInput {
    /// Makes a repetition safe.
    client_token: Option<String>,
}

/// Input of `createOrganizationalUnit`.
#[derive(InputObject)]
pub(crate) struct CreateOrganizationalUnitInput {
    /// The id of the root or of the unit that it is to be under.
    parent_id: String,
    /// The name: 1 to 128 characters, unique under its parent.
    name: String,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

/// Input of `updateOrganizationalUnit`.
#[derive(InputObject)]
pub(crate) struct UpdateOrganizationalUnitInput {
    /// The unit's id, `ou-…`.
    organizational_unit_id: String,
    /// The new name.
    name: String,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

/// Input of `deleteOrganizationalUnit`.
#[derive(InputObject)]
pub(crate) struct DeleteOrganizationalUnitInput {
    /// The unit's id, `ou-…`.
    organizational_unit_id: String,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

/// Input of `inviteAccountToOrganization` and `removeAccountFromOrganization`.
#[derive(InputObject)]
pub(crate) struct OrganizationAccountInput {
    /// The account's twelve digits.
    account_id: AccountId,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

/// Input of `acceptHandshake`, `declineHandshake` and `cancelHandshake`.
#[derive(InputObject)]
pub(crate) struct HandshakeInput {
    /// The invitation's id, `h-…`.
    handshake_id: String,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

/// Input of `moveAccount`.
#[derive(InputObject)]
pub(crate) struct MoveAccountInput {
    /// The account's twelve digits.
    account_id: AccountId,
    /// The id of the root or unit that it is under.
    source_parent_id: String,
    /// The id of the root or unit that it is to be under.
    destination_parent_id: String,
    /// Makes a repetition safe.
    client_token: Option<String>,
}

#[Object(serial)]
impl Organizations {
    /// Creates the organization, with the account as its management account. An installation has one at most.
    async fn create_organization(
        &self,
        ctx: &Context<'_>,
        #[graphql(default)] input: OrganizationInput,
    ) -> Nullable<OrganizationPayload> {
        refusable(async move {
            let done = Scope::of(ctx)?.run(CreateOrganization, input.client_token).await?;
            Ok(OrganizationPayload::of(&done))
        })
        .await
    }

    /// Deletes the organization, once its management account is alone in it.
    async fn delete_organization(
        &self,
        ctx: &Context<'_>,
        #[graphql(default)] input: OrganizationInput,
    ) -> Nullable<OrganizationPayload> {
        refusable(async move {
            let done = Scope::of(ctx)?.run(DeleteOrganization, input.client_token).await?;
            Ok(OrganizationPayload::of(&done))
        })
        .await
    }

    /// Creates an organizational unit, up to five levels below the root.
    async fn create_organizational_unit(
        &self,
        ctx: &Context<'_>,
        input: CreateOrganizationalUnitInput,
    ) -> Nullable<OrganizationTargetPayload> {
        refusable(async move {
            let command = CreateOrganizationalUnit { parent_id: input.parent_id.parse()?, name: Title::parse(&input.name)? };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            let id = done.entity_id().and_then(|id| id.parse().ok());
            Ok(OrganizationTargetPayload::of(&done, id))
        })
        .await
    }

    /// Gives an organizational unit another name.
    async fn update_organizational_unit(
        &self,
        ctx: &Context<'_>,
        input: UpdateOrganizationalUnitInput,
    ) -> Nullable<OrganizationTargetPayload> {
        refusable(async move {
            let organizational_unit_id = input.organizational_unit_id.parse()?;
            let command = UpdateOrganizationalUnit { organizational_unit_id, name: Title::parse(&input.name)? };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            let id = TargetId::Parent(ParentId::Unit(organizational_unit_id));
            Ok(OrganizationTargetPayload::of(&done, Some(id)))
        })
        .await
    }

    /// Deletes an organizational unit that has neither units nor accounts under it.
    async fn delete_organizational_unit(
        &self,
        ctx: &Context<'_>,
        input: DeleteOrganizationalUnitInput,
    ) -> Nullable<OrganizationPayload> {
        refusable(async move {
            let command = DeleteOrganizationalUnit { organizational_unit_id: input.organizational_unit_id.parse()? };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(OrganizationPayload::of(&done))
        })
        .await
    }

    /// Invites an account of this installation. It joins when it accepts; the invitation is open for 15 days.
    async fn invite_account_to_organization(
        &self,
        ctx: &Context<'_>,
        input: OrganizationAccountInput,
    ) -> Nullable<InvitationPayload> {
        refusable(async move {
            let account_id = input.account_id.0;
            let done = Scope::of(ctx)?.run(InviteAccountToOrganization { account_id }, input.client_token).await?;
            let found = done.organization().and_then(|known| known.invitations.get(&account_id).map(|one| (known, one)));
            let invitation = found.map(|(organization, one)| Invitation::of(organization, account_id, one));
            Ok(InvitationPayload { invitation, record: done.record() })
        })
        .await
    }

    /// Accepts the invitation of the caller's account, which is under the root from then on.
    async fn accept_handshake(&self, ctx: &Context<'_>, input: HandshakeInput) -> Nullable<OrganizationPayload> {
        refusable(async move {
            let command = AcceptHandshake { handshake_id: input.handshake_id.parse()? };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(OrganizationPayload::of(&done))
        })
        .await
    }

    /// Refuses the invitation of the caller's account.
    async fn decline_handshake(&self, ctx: &Context<'_>, input: HandshakeInput) -> Nullable<OrganizationPayload> {
        refusable(async move {
            let command = DeclineHandshake { handshake_id: input.handshake_id.parse()? };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(OrganizationPayload::of(&done))
        })
        .await
    }

    /// Takes an invitation back.
    async fn cancel_handshake(&self, ctx: &Context<'_>, input: HandshakeInput) -> Nullable<OrganizationPayload> {
        refusable(async move {
            let command = CancelHandshake { handshake_id: input.handshake_id.parse()? };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(OrganizationPayload::of(&done))
        })
        .await
    }

    /// Takes a member account out of the organization.
    async fn remove_account_from_organization(
        &self,
        ctx: &Context<'_>,
        input: OrganizationAccountInput,
    ) -> Nullable<OrganizationPayload> {
        refusable(async move {
            let command = RemoveAccountFromOrganization { account_id: input.account_id.0 };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(OrganizationPayload::of(&done))
        })
        .await
    }

    /// Takes the caller's account out of the organization.
    async fn leave_organization(
        &self,
        ctx: &Context<'_>,
        #[graphql(default)] input: OrganizationInput,
    ) -> Nullable<OrganizationPayload> {
        refusable(async move {
            let done = Scope::of(ctx)?.run(LeaveOrganization, input.client_token).await?;
            Ok(OrganizationPayload::of(&done))
        })
        .await
    }

    /// Puts an account under another parent.
    async fn move_account(&self, ctx: &Context<'_>, input: MoveAccountInput) -> Nullable<OrganizationTargetPayload> {
        refusable(async move {
            let command = MoveAccount {
                account_id: input.account_id.0,
                source_parent_id: input.source_parent_id.parse()?,
                destination_parent_id: input.destination_parent_id.parse()?,
            };
            let done = Scope::of(ctx)?.run(command, input.client_token).await?;
            Ok(OrganizationTargetPayload::of(&done, Some(TargetId::Account(input.account_id.0))))
        })
        .await
    }
}
