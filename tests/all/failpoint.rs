//! The process dies between the store's flush and our sync, again and again on one directory.

use std::{os::unix::process::ExitStatusExt, process::Command};

use chancery_testkit::{Dice, Directory, Journal, records};

use crate::oracle;

const ROUNDS: u64 = 25;
const SIGABRT: i32 = 6;

#[test]
fn what_is_acknowledged_survives_a_death_between_flush_and_sync() {
    let directory = Directory::new(100);
    drop(directory.init());
    let place = directory.path().with_file_name("journal");
    let mut dice = Dice::new(1);
    for round in 0..ROUNDS {
        let flushes = 1 + dice.below(8);
        let mut writer = Command::new(env!("CARGO_BIN_EXE_chancery-crash"));
        writer.arg(directory.path()).arg(&place).args([round.to_string(), flushes.to_string()]);
        let died = writer.output().unwrap();
        assert_eq!(died.status.signal(), Some(SIGABRT), "round {round}: {died:?}");
    }
    let journal = Journal::open(&place).read();
    assert!(journal.acknowledged.len() > 100, "{} commands were acknowledged", journal.acknowledged.len());
    assert!(!journal.unknown.is_empty());
    let engine = directory.open().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    oracle::check(&runtime.block_on(records(&engine)).unwrap(), &journal);
    drop(engine);
    let verified = directory.verify().unwrap();
    assert_eq!(verified.failure, None);
}
