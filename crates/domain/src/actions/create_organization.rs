//! Creates the organization, with the account as its management account. Source: AWS Organizations API Reference, `CreateOrganization`.

use chancery_model::Arn;

use super::Act;
use crate::{Account, Context, Event, OrganizationChange, OrganizationRefusal, Rejection};

/// Creates the organization of this installation: there is one at most.
#[derive(Debug, Clone, Hash)]
pub struct CreateOrganization;

impl Act for CreateOrganization {
    fn action(&self) -> &'static str {
        "CreateOrganization"
    }

    fn permission(&self) -> (&'static str, &'static str) {
        ("organizations", "CreateOrganization")
    }

    fn resource(&self, account: &Account) -> Arn {
        account.root_arn()
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        if account.organization.is_some() {
            return Err(OrganizationRefusal::AlreadyIn(account.id).into());
        }
        if context.state.organization.is_some() {
            return Err(OrganizationRefusal::OneAtMost.into());
        }
        let (id, root) = context.fresh.organization();
        Ok(vec![Event::Organization(id, OrganizationChange::Created { root })])
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        check::{World, account, check},
        check_organization::{MEMBER, founded, organization},
    };

    #[test]
    fn the_account_manages_it() {
        check(
            World::new(),
            CreateOrganization,
            expect!["organization.created.v1 Organization(o-0000000003, Created { root: r-0000 })"],
        );
        let given = founded();
        assert_eq!(organization(&given).management, given.account);
        let known = given.here().organization.unwrap();
        assert_eq!((known.organization, known.management), (organization(&given).id, given.account));
        assert_eq!(
            known.organization_arn().as_str(),
            format!("arn:aws:organizations::123456789012:organization/{}", known.organization)
        );
    }

    #[test]
    fn there_is_one_at_most() {
        check(
            founded(),
            CreateOrganization,
            expect!["AlreadyInOrganizationException: The account 123456789012 is already a member of an organization."],
        );
        check(
            founded().in_account(MEMBER).with(account()),
            CreateOrganization,
            expect![
                "AlreadyInOrganizationException: This installation has an organization already: an account joins it by accepting an invitation."
            ],
        );
    }
}
