//! Random steps.

use proptest::{option, prelude::*, sample::select};

use super::{
    model::{OTHERS_ALIAS, QUOTAS},
    seen::{PUBLISHED, RESOURCES},
    step::{Doc, OfAccount, OfPeople, OfPolicies, OfRoles, Step, Text, What, Who},
};

// What stands more often is drawn more often: names must meet to mean anything.
const USERS: &[Text] = &["ada", "ada", "ada", "Ada", "bob", "cyn"];
const GROUPS: &[Text] = &["devs", "devs", "devs", "DEVS", "ops", "qa"];
const ROLES: &[Text] = &["run", "run", "run", "Run", "build", "scan"];
const OWN: &[Text] = &["Read", "read", "Write", "List"];
const PROFILES: &[Text] = &["web", "web", "web", "WEB", "db", "batch"];
const PATHS: &[Text] = &["/", "/a/", "/aws-service-role/x/"];
const POLICY_PATHS: &[Text] = &["/", "/", "/", "/", "/a/", "/a!/"];
const POLICIES: &[Text] = &[
    "own:Read",
    "own:Read",
    "own:Read",
    "own:Read",
    "own:Write",
    "own:read",
    "own:a/List",
    "aws:ReadOnlyAccess",
    "aws:ReadOnlyAccess",
    "aws:aws-service-role/AWSElasticLoadBalancingServiceRolePolicy",
    "aws:Novel",
];
const KEYS: &[&[Text]] = &[&["Team"], &["team"], &["k0"], &["cost"], &["Team", "cost"], &["x", "y", "z"]];
const PASSWORDS: &[Text] = &["Difference-1", "short", "a-Very-long-passphrase-1", "Pass\u{20ac}word-1"];

fn maybe<T: Clone + std::fmt::Debug + 'static>(values: &'static [T]) -> impl Strategy<Value = Option<T>> {
    option::of(select(values))
}

fn doc() -> impl Strategy<Value = Doc> {
    prop_oneof![4 => Just(Doc::Get), 3 => Just(Doc::Put), 1 => Just(Doc::Long)]
}

/// Seldom too many.
fn tags() -> impl Strategy<Value = usize> {
    select(&[0, 0, 0, 1, 2, 3, 4][..])
}

fn ends() -> impl Strategy<Value = Option<i64>> {
    select(&[None, None, None, Some(-1), Some(0), Some(2), Some(2), Some(5), Some(20)][..])
}

fn seconds() -> impl Strategy<Value = Option<u32>> {
    select(&[None, None, None, None, Some(3_600), Some(7_200), Some(43_200), Some(3_599), Some(43_201)][..])
}

fn who() -> impl Strategy<Value = Who> {
    prop_oneof![
        2 => select(&[Who::User("ada"), Who::Group("devs"), Who::Role("run")][..]),
        1 => select(USERS).prop_map(Who::User),
        1 => select(GROUPS).prop_map(Who::Group),
        1 => select(ROLES).prop_map(Who::Role),
    ]
}

fn what() -> impl Strategy<Value = What> {
    prop_oneof![
        select(USERS).prop_map(What::User),
        select(ROLES).prop_map(What::Role),
        select(POLICIES).prop_map(What::Policy),
        select(PROFILES).prop_map(What::Profile),
    ]
}

fn of_account() -> impl Strategy<Value = OfAccount> {
    let aliases = || select(&["corp", "acme", OTHERS_ALIAS][..]);
    let quotas = || select(QUOTAS.iter().map(|(name, _, _)| *name).collect::<Vec<_>>());
    let publish = (select(PUBLISHED), prop::bool::weighted(0.9), 1..=2_u32, doc(), maybe(&["described"]));
    prop_oneof![
        1 => Just(OfAccount::Create),
        2 => aliases().prop_map(OfAccount::CreateAlias),
        2 => aliases().prop_map(OfAccount::DeleteAlias),
        2 => select(&[5, 6, 20][..]).prop_map(OfAccount::SetPasswordPolicy),
        2 => Just(OfAccount::DeletePasswordPolicy),
        3 => (quotas(), select(&[1, 3, 4, 500, 9_000][..])).prop_map(|(name, value)| OfAccount::RaiseQuota(name, value)),
        4 => publish.prop_map(|(name, right_arn, version, doc, description)| {
            // What the catalogue says of its policies the model does not know.
            let description = if name == "aws:Novel" { description } else { Some("described") };
            OfAccount::Publish { name, right_arn, version, doc, description }
        }),
        6 => (select(RESOURCES), doc()).prop_map(|(arn, doc)| OfAccount::PutResource { arn, doc }),
        2 => select(RESOURCES).prop_map(OfAccount::DeleteResource),
        14 => (what(), select(KEYS), select(&["red", "blue"][..])).prop_map(|(what, keys, value)| OfAccount::Tag { what, keys, value }),
        4 => (what(), select(KEYS)).prop_map(|(what, keys)| OfAccount::Untag { what, keys }),
    ]
}

fn of_people() -> impl Strategy<Value = OfPeople> {
    let user = || select(USERS);
    let group = || select(GROUPS);
    let password = || select(PASSWORDS);
    prop_oneof![
        6 => (user(), select(PATHS), tags(), option::weighted(0.3, select(POLICIES)))
            .prop_map(|(name, path, tags, boundary)| OfPeople::CreateUser { name, path, tags, boundary }),
        3 => (user(), maybe(USERS), maybe(PATHS))
            .prop_map(|(name, new_name, new_path)| OfPeople::UpdateUser { name, new_name, new_path }),
        2 => user().prop_map(OfPeople::DeleteUser),
        3 => (user(), password(), any::<bool>()).prop_map(|(user, password, reset)| OfPeople::CreateLogin { user, password, reset }),
        3 => (user(), maybe(PASSWORDS), any::<Option<bool>>())
            .prop_map(|(user, password, reset)| OfPeople::UpdateLogin { user, password, reset }),
        2 => user().prop_map(OfPeople::DeleteLogin),
        5 => (group(), select(PATHS)).prop_map(|(name, path)| OfPeople::CreateGroup { name, path }),
        3 => (group(), maybe(GROUPS), maybe(PATHS))
            .prop_map(|(name, new_name, new_path)| OfPeople::UpdateGroup { name, new_name, new_path }),
        2 => group().prop_map(OfPeople::DeleteGroup),
        6 => (group(), user(), ends()).prop_map(|(group, user, ends)| OfPeople::Join { group, user, ends }),
        3 => (group(), user()).prop_map(|(group, user)| OfPeople::Leave { group, user }),
        4 => (group(), user()).prop_map(|(group, user)| OfPeople::ExpireMembership { group, user }),
    ]
}

fn of_roles() -> impl Strategy<Value = OfRoles> {
    let role = || select(ROLES);
    let profile = || select(PROFILES);
    let create = (role(), select(PATHS), seconds(), doc(), tags(), option::weighted(0.3, select(POLICIES)));
    prop_oneof![
        6 => create.prop_map(|(name, path, seconds, trust, tags, boundary)| {
            OfRoles::Create { name, path, seconds, trust, tags, boundary }
        }),
        3 => (role(), option::of(maybe(&["runs", "builds"])), seconds())
            .prop_map(|(name, description, seconds)| OfRoles::Update { name, description, seconds }),
        2 => (role(), doc()).prop_map(|(name, trust)| OfRoles::UpdateTrust { name, trust }),
        2 => role().prop_map(OfRoles::Delete),
        5 => (profile(), select(PATHS), tags()).prop_map(|(name, path, tags)| OfRoles::CreateProfile { name, path, tags }),
        2 => profile().prop_map(OfRoles::DeleteProfile),
        6 => (profile(), role()).prop_map(|(profile, role)| OfRoles::AddRole { profile, role }),
        3 => (profile(), role()).prop_map(|(profile, role)| OfRoles::RemoveRole { profile, role }),
    ]
}

fn of_policies() -> impl Strategy<Value = OfPolicies> {
    let policy = || select(POLICIES);
    let inline = || select(&["Own", "Own", "own", "More"][..]);
    let version = || select(&[1, 1, 2, 2, 3, 4][..]);
    prop_oneof![
        6 => (select(OWN), select(POLICY_PATHS), doc(), tags())
            .prop_map(|(name, path, doc, tags)| OfPolicies::Create { name, path, doc, tags }),
        5 => (policy(), doc(), any::<bool>()).prop_map(|(policy, doc, default)| OfPolicies::CreateVersion { policy, doc, default }),
        4 => (policy(), version()).prop_map(|(policy, version)| OfPolicies::DeleteVersion { policy, version }),
        3 => (policy(), version()).prop_map(|(policy, version)| OfPolicies::SetDefault { policy, version }),
        3 => policy().prop_map(OfPolicies::Delete),
        16 => (who(), policy(), ends()).prop_map(|(who, policy, ends)| OfPolicies::Attach { who, policy, ends }),
        10 => (who(), policy()).prop_map(|(who, policy)| OfPolicies::Detach { who, policy }),
        4 => (who(), policy()).prop_map(|(who, policy)| OfPolicies::ExpireAttachment { who, policy }),
        6 => (who(), inline(), doc()).prop_map(|(who, name, doc)| OfPolicies::PutInline { who, name, doc }),
        3 => (who(), inline()).prop_map(|(who, name)| OfPolicies::DeleteInline { who, name }),
        4 => (who(), policy()).prop_map(|(who, policy)| OfPolicies::PutBoundary { who, policy }),
        3 => who().prop_map(|who| OfPolicies::DeleteBoundary { who }),
    ]
}

/// A step that fills an empty account.
fn opening() -> impl Strategy<Value = Step> {
    let path = "/";
    prop_oneof![
        select(USERS).prop_map(move |name| Step::People(OfPeople::CreateUser { name, path, tags: 1, boundary: None })),
        select(GROUPS).prop_map(move |name| Step::People(OfPeople::CreateGroup { name, path })),
        select(ROLES).prop_map(move |name| {
            Step::Roles(OfRoles::Create { name, path, seconds: None, trust: Doc::Get, tags: 1, boundary: None })
        }),
        select(&["Read", "Write"][..])
            .prop_map(move |name| { Step::Policies(OfPolicies::Create { name, path, doc: Doc::Get, tags: 1 }) }),
        select(PROFILES).prop_map(move |name| Step::Roles(OfRoles::CreateProfile { name, path, tags: 1 })),
    ]
}

/// A run: a filled account, then anything.
pub(super) fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
    let (opening, rest) = (prop::collection::vec(opening(), 0..=16), prop::collection::vec(step(), 1..=most));
    (opening, rest).prop_map(|(opening, rest)| [opening, rest].concat())
}

/// Any step.
fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        1 => select(&[1, 30][..]).prop_map(Step::Wait),
        2 => Just(Step::Sweep),
        7 => of_account().prop_map(Step::Account),
        9 => of_people().prop_map(Step::People),
        7 => of_roles().prop_map(Step::Roles),
        12 => of_policies().prop_map(Step::Policies),
    ]
}
