//! Whatever is done, the state that runs is what a replay from zero gives, and what the newest snapshot and the records
//! after it give: byte for byte.

use std::collections::BTreeSet;

use chancery_engine::{Clock, Request, replay};
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

fn hex(digest: [u8; 32]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
