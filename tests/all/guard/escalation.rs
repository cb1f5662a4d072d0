//! From little to everything: a search over all our own actions that grant something. Nobody with a usual delegation comes to
//! `*:*` by any few of them; some who are known to be given too much do, which shows that the search finds what there is.
//!
//! Every step is tried by the real engine on the state that the steps before it made; nothing is written.

use std::collections::{BTreeSet, VecDeque};

use chancery_domain::{Command, Read};
use chancery_engine::{AccessQuestion, Caller, Receipt};
use chancery_graphql::MUTATIONS;
use chancery_model::{AccountId, Arn};
use chancery_policy::RequestContext;
use chancery_testkit::Directory;
use expect_test::{Expect, expect};
use futures_util::future::join_all;

use self::moves::{HARMLESS, Move, Takes, moves};
use crate::guard::{make::own, office::Office};

pub(super) mod moves;
pub(super) mod people;

/// So many steps of one principal are tried in a row.
const STEPS_MAX: usize = 3;

/// What only somebody who may do everything may do.
const EVERYTHING: [(&str, &str); 4] = [
    ("iam:AttachUserPolicy", "arn:aws:iam::123456789012:user/anybody"),
    ("kms:ScheduleKeyDeletion", "*"),
    ("s3:DeleteBucket", "arn:aws:s3:::any"),
    ("organizations:LeaveOrganization", "*"),
];

pub(crate) struct Site {
    pub(crate) office: Office,
    pub(crate) account: AccountId,
}

/// What the search of one principal came to.
struct Searched {
    /// The steps to everything.
    path: Option<Vec<String>>,
    /// Users whom the principal can sign in as.
    taken: BTreeSet<&'static str>,
    /// How many steps were done.
    done: usize,
}

impl Site {
    /// Whether a principal may do everything in the state that a receipt carries.
    async fn is_almighty(&self, receipt: &Receipt, principal: &str) -> bool {
        let operator = Caller::operator(self.account);
        let reader = self.office.engine.read_receipt(&operator, receipt);
        let proof = reader.authorize(Read::Authorize, &Arn::root(self.account)).unwrap();
        let context = RequestContext::new();
        EVERYTHING.iter().all(|(action, resource)| {
            let question =
                AccessQuestion { principal, action, resource, resource_account: Some(self.account), context: &context };
            // Somebody who was not created yet may nothing.
            reader.decide(&proof, &question).is_ok_and(|decision| decision.is_allowed())
        })
    }

    /// Whether the trust policy of a role lets a principal in.
    async fn can_assume(&self, receipt: &Receipt, principal: &str, role: &str) -> bool {
        let operator = Caller::operator(self.account);
        let reader = self.office.engine.read_receipt(&operator, receipt);
        let proof = reader.authorize(Read::Authorize, &Arn::root(self.account)).unwrap();
        let context = RequestContext::new();
        let question =
            AccessQuestion { principal, action: "sts:AssumeRole", resource: role, resource_account: None, context: &context };
        reader.decide(&proof, &question).is_ok_and(|decision| decision.is_allowed())
    }

    /// Whether the steps made the principal almighty, itself or through somebody whom it became.
    async fn reaches(&self, name: &str, steps: &[&Move], receipt: &Receipt) -> bool {
        let itself = own(self.account, &format!("user/{name}"));
        let arn = |rest: &str| own(self.account, rest);
        let mut ways = vec![itself.clone()];
        for step in steps {
            match step.takes {
                Takes::Nobody => {}
                Takes::User(_, place) => ways.push(arn(&format!("user/{place}"))),
                Takes::Role(place) => ways.push(arn(&format!("role/{place}"))),
            }
        }
        for role in moves::ROLES {
            let role = arn(&format!("role/{role}"));
            if self.can_assume(receipt, &itself, &role).await {
                ways.push(role);
            }
        }
        for principal in &ways {
            if self.is_almighty(receipt, principal).await {
                return true;
            }
        }
        false
    }

    /// Tries one more step after others: the last answer, if it changed anything.
    async fn after(&self, caller: &Caller, steps: &[&Move]) -> Option<Receipt> {
        let commands: Vec<Command> = steps.iter().map(|step| step.command.clone()).collect();
        let last = self.office.attempt(caller, commands).await.pop()?.ok()?;
        (!last.events.is_empty()).then_some(last)
    }

    /// All few steps of one principal, fewest first.
    async fn search(&self, caller: &Caller, name: &'static str) -> Searched {
        let all = moves(self.account, name);
        let (mut seen, mut taken, mut done) = (BTreeSet::new(), BTreeSet::new(), 0);
        let mut queue = VecDeque::from([Vec::<usize>::new()]);
        while let Some(before) = queue.pop_front() {
            let next: Vec<Vec<usize>> = (0..all.len())
                .filter(|step| !before.contains(step))
                .map(|step| before.iter().copied().chain([step]).collect())
                .filter(|steps: &Vec<usize>| {
                    // What was done in another order is the same.
                    let mut set = steps.clone();
                    set.sort_unstable();
                    seen.insert(set)
                })
                .collect();
            let paths: Vec<Vec<&Move>> = next.iter().map(|steps| steps.iter().map(|step| &all[*step]).collect()).collect();
            let answers = join_all(paths.iter().map(|path| self.after(caller, path))).await;
            for ((steps, path), answer) in next.into_iter().zip(&paths).zip(answers) {
                let Some(receipt) = answer else { continue };
                done += 1;
                if self.reaches(name, path, &receipt).await {
                    return Searched { path: Some(path.iter().map(|step| step.label()).collect()), taken, done };
                }
                taken.extend(path.iter().filter_map(|step| match step.takes {
                    Takes::User(user, _) => Some(user),
                    Takes::Nobody | Takes::Role(_) => None,
                }));
                if steps.len() < STEPS_MAX {
                    queue.push_back(steps);
                }
            }
        }
        Searched { path: None, taken, done }
    }

    /// The same through everybody whom the principal can become; and how many steps were done in all.
    async fn explore(&self, name: &'static str) -> (Option<String>, usize) {
        let (mut visited, mut queue) = (BTreeSet::from([name]), VecDeque::from([(name, String::new())]));
        let mut all = 0;
        while let Some((name, way)) = queue.pop_front() {
            let caller = self.office.sign_in(self.account, Some(name)).await;
            let Searched { path, taken, done } = self.search(&caller, name).await;
            all += done;
            if let Some(path) = path {
                return (Some(format!("{way}{}", path.join(", "))), all);
            }
            for user in taken {
                // Whom the principal created has what it was given, which was looked at.
                if user != "evil" && visited.insert(user) {
                    queue.push_back((user, format!("{way}as {user}: ")));
                }
            }
        }
        (None, all)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_with_a_usual_delegation_comes_to_everything() {
    let site = people::settle(people::usual(Directory::account())).await;
    let mut steps = Vec::new();
    for (name, _) in people::usual(site.account) {
        let (path, done) = site.explore(name).await;
        assert_eq!(path, None, "{name} comes to everything");
        steps.push(format!("{name} {done}"));
    }
    // How far each came.
    expect!["delegate 54, desk 1, keeper 5, scribe 8, deployer 1, gatekeeper 1, self 0, tagger 0, founder 1, auditor 0, reader 0, power 1, bounded 4"].assert_eq(&steps.join(", "));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_search_finds_what_there_is() {
    let site = people::settle(people::unsafe_ones(Directory::account())).await;
    let check = async |name: &'static str, expect: Expect| expect.assert_eq(&site.explore(name).await.0.unwrap_or_default());
    check("attacher", expect!["AttachUserPolicy attacher"]).await;
    check("writer", expect!["PutUserPolicy writer"]).await;
    check("grouper", expect!["AddUserToGroup grouper to admins"]).await;
    check("versioner", expect!["CreatePolicyVersion Old"]).await;
    check("reverter", expect!["SetDefaultPolicyVersion Old v1"]).await;
    check("helpdesk", expect!["UpdateLoginProfile boss"]).await;
    check("passer", expect!["AddRoleToInstanceProfile admin"]).await;
    check("truster", expect!["UpdateAssumeRolePolicy admin"]).await;
    check("freed", expect!["DeleteUserPermissionsBoundary freed"]).await;
    check("author", expect!["CreatePolicy team/Evil, AttachUserPolicy team/Evil to author"]).await;
    check("retagger", expect!["TagUser retagger Team"]).await;
    check("hirer", expect!["CreateUser evil, PutUserPolicy evil"]).await;
}

/// Every command is a step of the search, or known to grant nothing: a new one has to be sorted.
#[test]
fn every_command_is_tried_or_grants_nothing() {
    let variant = |step: &Move| format!("{:?}", step.command).split(['(', ' ']).next().unwrap().to_owned();
    let tried: BTreeSet<String> = moves(Directory::account(), "ada").iter().map(variant).collect();
    for (command, _) in MUTATIONS {
        assert!(tried.contains(*command) != HARMLESS.contains(command), "{command}: a step, or harmless?");
    }
}
