//! Changes a role's description and the longest duration of its sessions. Source: IAM API Reference, `UpdateRole`.

use chancery_model::{Arn, Description, RoleName};

use super::{Act, PolicyTarget, create_role::session_range};
use crate::{Account, Context, Event, Rejection, Role, RoleChange};

/// Changes a role; what is absent stays as it is.
#[derive(Debug, Clone, Hash)]
pub struct UpdateRole {
    /// The name.
    pub role_name: RoleName,
    /// What it is for; `Some(None)` takes the description away.
    pub description: Option<Option<Description>>,
    /// The longest a session may last, in seconds.
    pub max_session_duration: Option<u32>,
}

impl UpdateRole {
    fn changes(&self, role: &Role) -> Vec<RoleChange> {
        let described = self.description.as_ref().filter(|new| **new != role.description);
        let limited = self.max_session_duration.filter(|new| *new != role.session_seconds_max);
        let described = described.map(|new| RoleChange::Described { description: new.clone() });
        let limited = limited.map(|new| RoleChange::SessionLimited { session_seconds_max: new });
        described.into_iter().chain(limited).collect()
    }
}

impl Act for UpdateRole {
    fn action(&self) -> &'static str {
        "UpdateRole"
    }

    fn resource(&self, account: &Account) -> Arn {
        PolicyTarget::Role(self.role_name.clone()).arn(account)
    }

    fn decide(&self, account: &Account, _context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        session_range(self.max_session_duration)?;
        let role = account.role(&self.role_name)?;
        Ok(self.changes(role).into_iter().map(|change| Event::Role(role.id, change)).collect())
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        check::{World, check},
        check_builders::{role, role_name},
    };

    fn update(name: &str, description: Option<Option<&str>>, max_session_duration: Option<u32>) -> UpdateRole {
        let description = description.map(|given| given.map(|text| Description::parse(text).unwrap()));
        UpdateRole { role_name: role_name(name), description, max_session_duration }
    }

    #[test]
    fn an_event_for_each_change() {
        let given = World::new().with(role("ops"));
        check(
            given.clone(),
            update("OPS", Some(Some("runs")), Some(7_200)),
            expect![[r#"
            role.described.v1 Role(AROAAAAAAAAAAAAAAAAAD, Described { description: Some(runs) })
            role.session_limited.v1 Role(AROAAAAAAAAAAAAAAAAAD, SessionLimited { session_seconds_max: 7200 })"#]],
        );
        let described = given.with(update("ops", Some(Some("runs")), None));
        check(
            described,
            update("ops", Some(None), Some(3_600)),
            expect!["role.described.v1 Role(AROAAAAAAAAAAAAAAAAAD, Described { description: None })"],
        );
    }

    #[test]
    fn nothing_when_all_is_so_already() {
        let given = World::new().with(role("ops"));
        check(given.clone(), update("ops", Some(None), Some(3_600)), expect!["nothing"]);
        check(given, update("ops", None, None), expect!["nothing"]);
    }

    #[test]
    fn a_range_then_a_role() {
        check(
            World::new(),
            update("ops", None, Some(3_599)),
            expect![
                "ValidationError: 1 validation error detected: Value '3599' at 'maxSessionDuration' failed to satisfy constraint: Member must have value greater than or equal to 3600"
            ],
        );
        check(
            World::new().with(role("ops")),
            update("ops", None, Some(43_201)),
            expect![
                "ValidationError: 1 validation error detected: Value '43201' at 'maxSessionDuration' failed to satisfy constraint: Member must have value less than or equal to 43200"
            ],
        );
        check(World::new(), update("ops", None, Some(3_600)), expect!["NoSuchEntity: The role with name ops cannot be found."]);
    }
}
