//! The account itself: alias, quotas, rules for passwords, summary.

use expect_test::expect;
use serde_json::json;

use crate::scene::Scene;

#[tokio::test]
async fn an_account_has_an_alias_rules_and_quotas() {
    let scene = Scene::new().await;
    let account = "account { accountId alias } record { sequence }";
    scene.tell("createAccountAlias", json!({ "accountAlias": "acme-prod" }), account).await;
    scene.tell("createAccountAlias", json!({ "accountAlias": "Acme" }), account).await;
    scene.tell("deleteAccountAlias", json!({ "accountAlias": "other" }), account).await;
    let by_alias = json!({ "accountAlias": "acme-prod", "password": chancery_testkit::PASSWORD });
    let fields = "session { token } challenge { id }";
    assert!(scene.server.anonymous().mutate("signIn", by_alias, fields).await["session"]["token"].is_string());
    scene.given("deleteAccountAlias", json!({ "accountAlias": "acme-prod" })).await;
    let rules = json!({ "minimumPasswordLength": 12, "requireNumbers": true, "maxPasswordAge": 90 });
    let shown = "passwordPolicy { minimumPasswordLength requireNumbers requireSymbols expirePasswords maxPasswordAge }";
    scene.tell("updateAccountPasswordPolicy", rules, shown).await;
    scene.tell("updateAccountPasswordPolicy", json!({ "minimumPasswordLength": 5 }), shown).await;
    scene.given("createUser", json!({ "userName": "ada" })).await;
    scene.tell("createLoginProfile", json!({ "userName": "ada", "password": "short" }), "__typename").await;
    scene.given("deleteAccountPasswordPolicy", json!({})).await;
    scene.tell("deleteAccountPasswordPolicy", json!({}), "__typename").await;
    let quota = "quota { name value default maximum adjustable used } record { sequence }";
    scene.tell("requestQuotaIncrease", json!({ "quotaName": "GroupsPerAccount", "value": 400 }), quota).await;
    scene.tell("requestQuotaIncrease", json!({ "quotaName": "GroupsPerAccount", "value": 501 }), quota).await;
    scene.tell("requestQuotaIncrease", json!({ "quotaName": "UsersPerGalaxy", "value": 1 }), "__typename").await;
    let summary = scene.root.query("{ account { summary { key value } quotas { name used value } } }").await;
    let of = |list: &str, name: &str, key: &str| {
        let items = summary["account"][list].as_array().unwrap().clone();
        items.into_iter().find(|item| item[name] == key).unwrap_or_else(|| panic!("{key} in {summary:#}"))
    };
    assert_eq!(of("summary", "key", "Users")["value"], 1);
    assert_eq!(of("summary", "key", "GroupsQuota")["value"], 400);
    assert_eq!(of("quotas", "name", "UsersPerAccount"), json!({ "name": "UsersPerAccount", "used": "1", "value": "5000" }));
    scene.transcript(expect![[r#"
        createAccountAlias → {account: {accountId: 123456789012, alias: acme-prod}, record: {sequence: 1}}
        createAccountAlias → ValidationError: 1 validation error detected: Value 'Acme' at 'accountAlias' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9] [field: "accountAlias"]
        deleteAccountAlias → NoSuchEntity: The account alias with name other cannot be found.
        updateAccountPasswordPolicy → {passwordPolicy: {minimumPasswordLength: 12, requireNumbers: true, requireSymbols: false, expirePasswords: true, maxPasswordAge: 90}}
        updateAccountPasswordPolicy → ValidationError: 1 validation error detected: Value '5' at 'minimumPasswordLength' failed to satisfy constraint: Member must have value greater than or equal to 6 [field: "minimumPasswordLength"]
        createLoginProfile → PasswordPolicyViolation: Password should have at least 12 characters, at least one digit
        deleteAccountPasswordPolicy → NoSuchEntity: The Password Policy with domain name 123456789012 cannot be found.
        requestQuotaIncrease → {quota: {name: GroupsPerAccount, value: 400, default: 300, maximum: 500, adjustable: true, used: 0}, record: {sequence: 6}}
        requestQuotaIncrease → InvalidInput: The quota GroupsPerAccount can be raised to 500 at most; 501 is more.
        requestQuotaIncrease → ValidationError: 1 validation error detected: Value 'UsersPerGalaxy' at 'quotaName' failed to satisfy constraint: Member must satisfy enum value set: [UsersPerAccount, GroupsPerAccount, RolesPerAccount, PoliciesPerAccount, InstanceProfilesPerAccount, AliasesPerAccount, GroupsPerUser, PoliciesPerUser, PoliciesPerGroup, PoliciesPerRole, VersionsPerPolicy, RolesPerInstanceProfile, InstanceProfilesPerRole, LoginProfilesPerUser, AccessKeysPerUser, MfaDevicesPerUser, TagsPerUser, TagsPerRole, TagsPerPolicy, TagsPerInstanceProfile, ManagedPolicyChars, UserInlineChars, GroupInlineChars, RoleInlineChars, TrustPolicyChars, PathChars, UserNameChars, GroupNameChars, RoleNameChars, PolicyNameChars, InstanceProfileNameChars, TagKeyChars, TagValueChars, SessionSecondsPerRole, ResourcePoliciesPerAccount, ResourcePolicyChars, AccountsPerOrganization, UnitsPerOrganization, UnitLevelsPerOrganization, ServiceControlPoliciesPerOrganization, ResourceControlPoliciesPerOrganization, ControlPoliciesPerTarget, ControlPolicyChars] [field: "quotaName"]
    "#]]);
}

#[tokio::test]
async fn a_full_quota_is_named_with_its_value_and_the_way_to_more() {
    let scene = Scene::new().await;
    scene.given("createUser", json!({ "userName": "ada" })).await;
    for n in 0..11 {
        scene.given("createGroup", json!({ "groupName": format!("g{n}") })).await;
        if n < 10 {
            scene.given("addUserToGroup", json!({ "groupName": format!("g{n}"), "userName": "ada" })).await;
        }
    }
    scene.tell("addUserToGroup", json!({ "groupName": "g10", "userName": "ada" }), "__typename").await;
    scene.transcript(expect![[r#"
        addUserToGroup → LimitExceeded: Cannot exceed quota for GroupsPerUser: 10 (it cannot be raised) [limit: {"name":"GroupsPerUser","value":10}]
    "#]]);
}
