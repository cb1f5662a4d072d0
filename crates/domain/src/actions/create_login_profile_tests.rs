//! What [`CreateLoginProfile`] does and refuses.

use chancery_model::AccountAlias;
use expect_test::expect;

use super::*;
use crate::{
    actions::{CreateAccountAlias, UpdateAccountPasswordPolicy},
    check::{World, check, check_sealed, delete_user, login, password, user, user_name},
};

fn create(text: &str) -> CreateLoginProfile {
    CreateLoginProfile { user_name: user_name("Ada"), password: password(text), password_reset_required: true }
}

fn given() -> World {
    World::new().with(user("ada"))
}

fn ruled(change: impl FnOnce(&mut PasswordPolicy)) -> World {
    let mut policy = PasswordPolicy::UPDATE_DEFAULT;
    change(&mut policy);
    given().with(UpdateAccountPasswordPolicy { policy })
}

#[test]
fn a_user_gets_a_password() {
    check(
        given(),
        create("Analytical-1"),
        expect![
            "user.login_profile_created.v1 User(AIDAAAAAAAAAAAAAAAAAE, LoginProfileCreated { password: sealed(00000000000000000000000003, 34 bytes), reset_required: true }) | user.password=hash of Analytical-1"
        ],
    );
}

#[test]
fn characters_that_no_password_has_are_told_before_a_user_that_is_not_there() {
    check(
        World::new(),
        create("Analytical-1\u{1f511}"),
        expect![[
            r#"ValidationError: 1 validation error detected: Value '*****' at 'password' failed to satisfy constraint: Member must satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u00FF]+"#
        ]],
    );
    check(
        World::new(),
        create("Analytical-1\0"),
        expect![[
            r#"ValidationError: 1 validation error detected: Value '*****' at 'password' failed to satisfy constraint: Member must satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u00FF]+"#
        ]],
    );
}

#[test]
fn letters_of_latin_1_are_characters_of_passwords() {
    check(
        given(),
        create("Analytische-\u{fc}1"),
        expect![
            "user.login_profile_created.v1 User(AIDAAAAAAAAAAAAAAAAAE, LoginProfileCreated { password: sealed(00000000000000000000000003, 37 bytes), reset_required: true }) | user.password=hash of Analytische-ü1"
        ],
    );
}

#[test]
fn a_user_that_is_not_there_is_told_before_a_weak_password() {
    check(World::new(), create("short"), expect!["NoSuchEntity: The user with name Ada cannot be found."]);
}

#[test]
fn a_user_with_a_password_is_told_before_a_weak_password() {
    check(
        given().with(login("ada")),
        create("short"),
        expect!["EntityAlreadyExists: Login Profile for user Ada already exists."],
    );
}

#[test]
fn the_quota_is_told_before_a_weak_password() {
    check(
        given().limited(QuotaName::LoginProfilesPerUser, 0),
        create("short"),
        expect!["LimitExceeded: Cannot exceed quota for LoginProfilesPerUser: 0 (RequestQuotaIncrease can raise it to 1)"],
    );
}

#[test]
fn without_rules_of_the_account_awss_rules_hold() {
    check(
        given(),
        create("short"),
        expect![
            "PasswordPolicyViolation: Password should have at least 8 characters, at least three of: capital letters, small letters, digits, symbols"
        ],
    );
    check(
        given(),
        create(""),
        expect![
            "PasswordPolicyViolation: Password should have at least 8 characters, at least three of: capital letters, small letters, digits, symbols"
        ],
    );
    check(
        given(),
        create(&format!("Ab1{}", "x".repeat(126))),
        expect!["PasswordPolicyViolation: Password should have at most 128 characters"],
    );
}

#[test]
fn without_rules_of_the_account_no_name_is_a_password() {
    let alias = CreateAccountAlias { account_alias: AccountAlias::parse("my-corp-1").unwrap() };
    check(
        given().with(alias),
        create("My-corp-1"),
        expect!["PasswordPolicyViolation: Password should have other text than the account's alias"],
    );
    check(
        given(),
        create("Root@example.com"),
        expect!["PasswordPolicyViolation: Password should have other text than the account's e-mail address"],
    );
    let given = World::new().with(user("Ada.Lovelace+1"));
    check(
        given,
        CreateLoginProfile { user_name: user_name("Ada.Lovelace+1"), ..create("Ada.Lovelace+1") },
        expect!["PasswordPolicyViolation: Password should have other text than the user's name"],
    );
}

#[test]
fn the_accounts_own_rules_hold_alone() {
    check(
        ruled(|policy| policy.minimum_password_length = 14),
        create("Analytical-1"),
        expect!["PasswordPolicyViolation: Password should have at least 14 characters"],
    );
    let all = |policy: &mut PasswordPolicy| {
        policy.require_symbols = true;
        policy.require_numbers = true;
        policy.require_uppercase_characters = true;
        policy.require_lowercase_characters = true;
    };
    check(
        ruled(all),
        create("      "),
        expect![
            "PasswordPolicyViolation: Password should have at least one symbol, at least one digit, at least one capital letter, at least one small letter"
        ],
    );
    check(
        ruled(|_| {}),
        create("ROOT@example.com"),
        expect![
            "user.login_profile_created.v1 User(AIDAAAAAAAAAAAAAAAAAE, LoginProfileCreated { password: sealed(00000000000000000000000003, 38 bytes), reset_required: true }) | user.password=hash of ROOT@example.com"
        ],
    );
}

#[test]
fn a_user_that_was_replaced_meanwhile_does_not_get_the_password() {
    let mut given = given();
    let command = given.sealed(create("Analytical-1"));
    check_sealed(
        given.with(delete_user("ada")).with(user("ada")),
        &command,
        expect!["ConcurrentModification: The entity was changed by another request in the same moment; try again."],
    );
}

#[test]
fn a_user_that_came_meanwhile_does_not_get_the_password() {
    let mut given = World::new();
    let command = given.sealed(create("Analytical-1"));
    check_sealed(
        given.with(user("ada")),
        &command,
        expect!["ConcurrentModification: The entity was changed by another request in the same moment; try again."],
    );
}

#[test]
fn a_weak_password_is_told_before_a_replaced_user() {
    let mut given = given();
    let command = given.sealed(create("short"));
    check_sealed(
        given.with(delete_user("ada")).with(user("ada")),
        &command,
        expect![
            "PasswordPolicyViolation: Password should have at least 8 characters, at least three of: capital letters, small letters, digits, symbols"
        ],
    );
}

#[test]
fn neither_the_command_nor_a_refusal_shows_the_password() {
    let mut given = given();
    let refusals = ["hidden", "hidden\u{1f511}"].map(|text| given.run(create(text)).unwrap_err().to_string());
    let shown = format!("{:?} {refusals:?}", create("hidden"));
    assert!(!shown.contains("hidden"), "{shown}");
}
