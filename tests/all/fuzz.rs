//! The fuzz targets without a fuzzer: the corpus in `tests/fuzz/corpus` and some thousands of mutations of it, the same in every
//! run. What the fuzzer has ever found stands in the corpus, so that it is found again here.

mod entries;

use std::{fs, path::PathBuf};

use chancery_testkit::Dice;

use entries::{ENTRIES, entry};

/// The inputs that are kept for an entry.
fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let listed = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = listed.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// Feeds an entry with its corpus and mutations of it.
fn run(name: &str) {
    let (mut feed, seeds) = (entry(name), corpus(name));
    assert!(!seeds.is_empty(), "there is no input for {name}");
    seeds.iter().for_each(|seed| feed(seed));
    let (_, _, mutations) = ENTRIES.iter().find(|(known, ..)| *known == name).unwrap();
    let mut dice = Dice::new(1);
    for number in 0..*mutations {
        let input = mutated(&mut dice, &seeds);
        // A panic alone would not say with what.
        let guard = Told { name, number, input: &input };
        feed(&input);
        drop(guard);
    }
}

/// Prints the input when feeding it has panicked.
struct Told<'a> {
    name: &'a str,
    number: u64,
    input: &'a [u8],
}

impl Drop for Told<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}, mutation {}: {}", self.name, self.number, self.input.escape_ascii());
        }
    }
}

/// One to four changes to an input of the corpus.
fn mutated(dice: &mut Dice, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = seeds[below(dice, seeds.len())].clone();
    for _ in 0..=dice.below(4) {
        let at = below(dice, bytes.len() + 1);
        let byte = dice.pick(&[0, 1, 2, 0x20, 0x22, 0x2f, 0x3a, 0x41, 0x5b, 0x7b, 0x7d, 0x7f, 0x80, 0xff]);
        let end = (at + 1 + below(dice, 8)).min(bytes.len());
        match dice.below(6) {
            0 => bytes.iter_mut().skip(at).take(1).for_each(|old| *old ^= 1 << (byte % 8)),
            1 => bytes.iter_mut().skip(at).take(1).for_each(|old| *old = byte),
            2 => bytes.insert(at, byte),
            3 => drop(bytes.drain(at..end.max(at))),
            4 => {
                let other = &seeds[below(dice, seeds.len())];
                let from = below(dice, other.len() + 1);
                let until = (from + below(dice, 32)).min(other.len());
                drop(bytes.splice(at..at, other[from..until].iter().copied()));
            }
            _ => bytes.truncate(at),
        }
    }
    bytes
}

fn below(dice: &mut Dice, end: usize) -> usize {
    usize::try_from(dice.below(end as u64)).unwrap()
}

macro_rules! replayed {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            run(stringify!($name));
        })*

        #[test]
        fn every_entry_is_replayed_and_has_a_target() {
            let mut replayed = vec![$(stringify!($name)),*];
            let mut entries: Vec<&str> = ENTRIES.iter().map(|(name, ..)| *name).collect();
            replayed.sort_unstable();
            entries.sort_unstable();
            assert_eq!(replayed, entries);
            let targets = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz/targets");
            let stem = |file: fs::DirEntry| file.path().file_stem().unwrap().to_string_lossy().into_owned();
            let mut targets: Vec<String> = fs::read_dir(targets).unwrap().map(|file| stem(file.unwrap())).collect();
            targets.sort_unstable();
            assert_eq!(targets, entries);
        }
    };
}

replayed!(checkpoint config event graphql ids import keyring names policy record snapshot tiles websocket);
