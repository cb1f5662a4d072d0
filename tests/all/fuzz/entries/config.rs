//! The configuration: a file, and settings on the command line.

use std::{fs, path::Path};

use chancery_server::config::{Flag, load};

use super::Entry;

/// A text as the file, and its lines as `--set KEY=VALUE`: what is in force prints as a file that gives the same.
pub(super) fn config() -> Entry {
    let home = tempfile::tempdir().expect("a directory");
    Box::new(move |data| {
        let (file, printed) = (home.path().join("chancery.toml"), home.path().join("printed.toml"));
        fs::write(&file, data).expect("the file");
        check(&file, &[], &printed);
        let Ok(text) = std::str::from_utf8(data) else { return };
        let pairs = text.lines().filter_map(|line| line.split_once('=')).take(8);
        let flags: Vec<Flag> = pairs.map(|(key, value)| set(key.trim(), value.trim())).collect();
        check(Path::new("/dev/null"), &flags, &printed);
    })
}

fn set(key: &str, value: &str) -> Flag {
    Flag { flag: "--set".to_owned(), key: key.to_owned(), value: value.to_owned() }
}

fn check(file: &Path, flags: &[Flag], printed: &Path) {
    match load(Some(file), &[], flags) {
        Ok(loaded) => {
            fs::write(printed, loaded.to_toml()).expect("the file");
            let again = load(Some(printed), &[], &[]).expect("what is printed is a configuration");
            assert_eq!(again.config, loaded.config);
            assert!(loaded.to_json().is_object());
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
