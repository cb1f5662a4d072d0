//! Ends a membership or an attachment whose time is over. Written by the engine, never by a caller.

use chancery_model::Arn;

use super::{Act, target::permission_event};
use crate::{Account, Context, Event, Grant, OWN_SERVICE, PermissionChange, Rejection, UserChange};

/// Ends a grant; nothing when it is gone or was prolonged meanwhile.
#[derive(Debug, Clone, Hash)]
pub struct ExpireGrant {
    /// What was granted.
    pub grant: Grant,
}

impl Act for ExpireGrant {
    fn action(&self) -> &'static str {
        "ExpireGrant"
    }

    fn resource(&self, account: &Account) -> Arn {
        account.root_arn()
    }

    fn permission(&self) -> (&'static str, &'static str) {
        (OWN_SERVICE, self.action())
    }

    fn decide(&self, account: &Account, context: &Context<'_>) -> Result<Vec<Event>, Rejection> {
        if !account.expired(context.now).any(|(_, grant)| grant == self.grant) {
            return Ok(Vec::new());
        }
        let event = match self.grant {
            Grant::Membership(user, group) => Event::User(user, UserChange::MembershipExpired { group }),
            Grant::Attachment(entity, policy) => permission_event(entity, PermissionChange::AttachmentExpired { policy }),
        };
        Ok(vec![event])
    }
}

#[cfg(test)]
mod tests {
    use chancery_model::Timestamp;
    use expect_test::expect;

    use super::*;
    use crate::{
        Entity,
        actions::{AddUserToGroup, AttachPolicy, PolicyTarget},
        check::{START, World, check, delete_user, group, group_name, joined, user, user_name},
        check_builders::{attach, policy, policy_arn, role, to_group, to_role, to_user},
    };

    fn after(seconds: u64) -> Option<Timestamp> {
        Some(Timestamp::from_millis(START).plus_seconds(seconds))
    }

    fn member_until(seconds: u64) -> AddUserToGroup {
        AddUserToGroup { group_name: group_name("devs"), user_name: user_name("ada"), expires_at: after(seconds) }
    }

    fn attach_until(target: PolicyTarget, seconds: u64) -> AttachPolicy {
        AttachPolicy { expires_at: after(seconds), ..attach(target, policy_arn("Readers")) }
    }

    /// A membership and three attachments that end after 60, 70, 80 and 90 seconds.
    fn given() -> World {
        let given = World::new().with(user("ada")).with(group("devs")).with(role("ops")).with(policy("Readers"));
        let given = given.with(member_until(60)).with(attach_until(to_user("ada"), 70));
        given.with(attach_until(to_group("devs"), 80)).with(attach_until(to_role("ops"), 90))
    }

    fn at(mut given: World, seconds: u64) -> World {
        given.now = Timestamp::from_millis(START).plus_seconds(seconds);
        given
    }

    fn membership(given: &World) -> ExpireGrant {
        let (user, group) = (given.here().user(&user_name("ada")).unwrap(), given.here().group(&group_name("devs")).unwrap());
        ExpireGrant { grant: Grant::Membership(user.id, group.id) }
    }

    fn attachment(given: &World, target: &PolicyTarget) -> ExpireGrant {
        let policy = given.here().customer_policy(&policy_arn("Readers")).unwrap();
        let entity: Entity = target.find(given.here()).map(|found| found.entity()).unwrap();
        ExpireGrant { grant: Grant::Attachment(entity, policy.id) }
    }

    #[test]
    fn a_membership_whose_time_is_over() {
        let given = given();
        check(
            at(given.clone(), 60),
            membership(&given),
            expect!["user.membership_expired.v1 User(AIDAAAAAAAAAAAAAAAAAE, MembershipExpired { group: AGPAAAAAAAAAAAAAAAAAF })"],
        );
    }

    #[test]
    fn an_attachment_whose_time_is_over() {
        let given = given();
        for (target, seconds, then) in [
            (
                to_user("ada"),
                70,
                expect![
                    "user.attachment_expired.v1 User(AIDAAAAAAAAAAAAAAAAAE, Permission(AttachmentExpired { policy: ANPAAAAAAAAAAAAAAAAAH }))"
                ],
            ),
            (
                to_group("devs"),
                80,
                expect![
                    "group.attachment_expired.v1 Group(AGPAAAAAAAAAAAAAAAAAF, Permission(AttachmentExpired { policy: ANPAAAAAAAAAAAAAAAAAH }))"
                ],
            ),
            (
                to_role("ops"),
                3_600,
                expect![
                    "role.attachment_expired.v1 Role(AROAAAAAAAAAAAAAAAAAG, Permission(AttachmentExpired { policy: ANPAAAAAAAAAAAAAAAAAH }))"
                ],
            ),
        ] {
            check(at(given.clone(), seconds), attachment(&given, &target), then);
        }
    }

    #[test]
    fn not_yet() {
        let given = given();
        check(at(given.clone(), 59), membership(&given), expect!["nothing"]);
        check(at(given.clone(), 69), attachment(&given, &to_user("ada")), expect!["nothing"]);
    }

    #[test]
    fn prolonged_or_for_good_meanwhile() {
        let given = given();
        check(at(given.clone().with(member_until(100)), 99), membership(&given), expect!["nothing"]);
        check(at(given.clone().with(joined("ada", "devs")), 99), membership(&given), expect!["nothing"]);
        let prolonged = given.clone().with(attach_until(to_role("ops"), 100));
        check(at(prolonged, 99), attachment(&given, &to_role("ops")), expect!["nothing"]);
        let for_good = given.clone().with(attach(to_role("ops"), policy_arn("Readers")));
        check(at(for_good, 99), attachment(&given, &to_role("ops")), expect!["nothing"]);
    }

    #[test]
    fn gone_meanwhile() {
        let given = given();
        let detached =
            given.clone().with(crate::actions::DetachPolicy { target: to_user("ada"), policy_arn: policy_arn("Readers") });
        check(at(detached.clone(), 99), attachment(&given, &to_user("ada")), expect!["nothing"]);
        let expired = at(detached, 99).with(membership(&given));
        check(expired.clone(), membership(&given), expect!["nothing"]);
        check(expired.with(delete_user("ada")), membership(&given), expect!["nothing"]);
    }
}
