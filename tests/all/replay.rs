//! Whatever is done, the state that runs is what a replay from zero gives, and what the newest snapshot and the records
//! after it give: byte for byte.

use std::collections::BTreeSet;

use chancery_domain::{Command, PolicyType, actions};
use chancery_engine::{Clock, Request, replay};
use chancery_model::{ParentId, TargetId, Title};
use chancery_testkit::{Dice, Directory, digest, random_command};
use proptest::prelude::*;

proptest! {
    // Each case makes data directories: few cases, long runs.
    #![proptest_config(ProptestConfig { cases: 10, max_shrink_iters: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn live_state_is_replayed_state_is_restored_state(seed: u64, commands in 20_u32..160) {
        tokio::runtime::Runtime::new().unwrap().block_on(check(Dice::new(seed), commands));
    }
}

async fn check(mut dice: Dice, commands: u32) {
    let directory = Directory::new(20);
    let engine = tokio::task::block_in_place(|| directory.init());
    let (mut written, mut refused) = (BTreeSet::new(), 0);
    for _ in 0..commands {
        directory.clock.pass_seconds(dice.below(40));
        let command = random_command(&mut dice, directory.clock.now());
        match engine.execute(&Directory::operator(), &Request::local(), command, None).await {
            Ok(receipt) => drop(receipt.record.map(|record| written.insert(record.sequence))),
            Err(error) => {
                assert!(!matches!(error.code(), "InternalFailure" | "ServiceFailure" | "AccessDenied"), "{error:?}");
                refused += 1;
            }
        }
    }
    assert!(!written.is_empty() && refused > 0, "{} written, {refused} refused: the dice are loaded", written.len());
    // As a crash would leave it: an older snapshot, or none, and records after it.
    let crashed = directory.copy();
    engine.shutdown().await;
    let live = (hex(digest(&engine).await), engine.head());
    drop(engine);
    for directory in [directory, crashed] {
        let replayed = replay(&directory.config(), &|_| {}).unwrap();
        assert_eq!((hex(replayed.state_digest), replayed.records), (live.0.clone(), live.1.0), "from zero");
        let verified = directory.verify().unwrap();
        assert_eq!((verified.failure, hex(verified.state_digest), verified.root), (None, live.0.clone(), replayed.root));
        let engine = tokio::task::block_in_place(|| directory.open()).unwrap();
        assert_eq!((hex(digest(&engine).await), engine.head()), live, "from snapshot and tail");
    }
}

/// The organization stands in no account: it has to come through log and snapshot as well.
#[tokio::test(flavor = "multi_thread")]
async fn an_organization_comes_back_from_log_and_snapshot() {
    let directory = Directory::new(4);
    let engine = tokio::task::block_in_place(|| directory.init());
    let run = async |command: Command| {
        engine.execute(&Directory::operator(), &Request::local(), command, None).await.unwrap().state.organization.clone()
    };
    let root_id = run(actions::CreateOrganization.into()).await.unwrap().root;
    let name = |text: &str| Title::parse(text).unwrap();
    let parent_id = ParentId::Root(root_id);
    run(actions::CreateOrganizationalUnit { parent_id, name: name("Sandbox") }.into()).await;
    let policy_type = PolicyType::ServiceControl;
    run(actions::EnablePolicyType { root_id, policy_type }.into()).await;
    let content = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}"#.to_owned();
    let create = actions::CreateOrganizationPolicy { policy_type, name: name("Shut"), description: None, content };
    let policy_id = *run(create.into()).await.unwrap().policies.keys().next().unwrap();
    let attach = actions::AttachOrganizationPolicy { policy_id, target_id: TargetId::Parent(parent_id) };
    let organization = run(attach.into()).await.unwrap();
    assert_eq!(organization.targets_of(policy_id).count(), 1);
    let crashed = directory.copy();
    engine.shutdown().await;
    let live = (hex(digest(&engine).await), engine.head());
    drop(engine);
    for directory in [directory, crashed] {
        let replayed = replay(&directory.config(), &|_| {}).unwrap();
        assert_eq!((hex(replayed.state_digest), replayed.records), (live.0.clone(), live.1.0), "from zero");
        let engine = tokio::task::block_in_place(|| directory.open()).unwrap();
        assert_eq!((hex(digest(&engine).await), engine.head()), live, "from snapshot and tail");
    }
}

fn hex(digest: [u8; 32]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
