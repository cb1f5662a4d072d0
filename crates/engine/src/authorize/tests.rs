//! Who may, before and by policies.

use chancery_model::{Actor, Credential, UserId};

use super::*;

fn account(text: &str) -> AccountId {
    AccountId::parse(text).unwrap()
}

fn may(principal: Principal, service: &'static str, action: &'static str) -> Result<Authorized<()>, AccessDenied> {
    let own = account("123456789012");
    let caller = Caller::new(own, Actor { principal, credential: Credential::None });
    let state = State::default();
    let asked = [Asked { service, action, resource: Arn::root(own), keys: RequestContext::new() }];
    authorize(Grounds { state: &state, cache: None, now: Timestamp::default() }, &caller, own, &asked, ())
}

#[test]
fn some_actions_are_for_the_operator_or_for_nobody() {
    let own = account("123456789012");
    for principal in [Principal::Root(own), Principal::User(UserId::from_random(1))] {
        assert!(may(principal, "organizations", "CreateAccount").is_err());
        assert!(may(principal, OWN_SERVICE, "PublishManagedPolicy").is_err());
        assert!(may(principal, OWN_SERVICE, "ExpireGrant").is_err());
    }
    assert!(may(Principal::Operator, "organizations", "CreateAccount").is_ok());
    assert!(may(Principal::Operator, OWN_SERVICE, "ExpireGrant").is_err());
    assert!(may(Principal::System, OWN_SERVICE, "ExpireGrant").is_ok());
}
