//! Every source of a master key, and what each says when there is none.

use std::{fs, os::unix::fs::PermissionsExt};

use super::*;

const HEX: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const BASE64: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

fn counting() -> Vec<u8> {
    (0..32).collect()
}

#[test]
fn every_spelling_of_a_key_is_read() {
    let unpadded = BASE64.trim_end_matches('=');
    for text in [HEX, &HEX.to_uppercase(), BASE64, unpadded, &format!("  {HEX}\n"), &format!("{BASE64}\r\n")] {
        assert_eq!(parse(text).unwrap().bytes().as_slice(), counting(), "{text:?}");
    }
    let high = parse("-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_8").unwrap();
    assert_eq!(high.bytes().as_slice(), parse("+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/8=").unwrap().bytes());
}

#[test]
fn what_is_no_key_is_refused() {
    let spare_bits = format!("{}9", &BASE64[..42]);
    for text in [
        "",
        "\n",
        "secret",
        &HEX[1..],
        &format!("{HEX}0"),
        &HEX.replace('f', "g"),
        &BASE64[1..],
        &spare_bits,
        &format!("{BASE64}="),
    ] {
        assert!(parse(text).is_none(), "{text:?}");
    }
}

fn refusal(source: &MasterKeySource) -> String {
    source.load().map(|_| ()).unwrap_err().to_string()
}

#[test]
fn a_command_gives_the_key_or_a_reason() {
    let command = |words: &[&str]| MasterKeySource::Command(words.iter().map(|w| (*w).to_owned()).collect());
    assert_eq!(command(&["printf", "%s", HEX]).load().unwrap().bytes().as_slice(), counting());
    let failed = refusal(&command(&["sh", "-c", "echo canary; exit 3"]));
    assert!(failed.contains("the command `sh`") && failed.contains("exit status: 3"), "{failed}");
    assert!(!failed.contains("canary"), "{failed}");
    assert!(refusal(&command(&["printf", "canary"])).contains("what is there is no key"));
    assert!(refusal(&command(&["/nonexistent/program"])).contains("does not start"));
    assert!(refusal(&command(&[])).contains("no command is given"));
}

#[test]
fn a_variable_that_is_not_set_is_named() {
    let text = refusal(&MasterKeySource::Env("CHANCERY_TEST_NEVER_SET".to_owned()));
    assert!(text.contains("the environment variable `CHANCERY_TEST_NEVER_SET`: it is not set"), "{text}");
    assert!(refusal(&MasterKeySource::SystemdCredential("key".to_owned())).contains("CREDENTIALS_DIRECTORY"));
}

#[test]
fn a_variable_that_is_set_is_read() {
    // `PATH` is set wherever this runs, and is no key.
    let text = refusal(&MasterKeySource::Env("PATH".to_owned()));
    assert!(text.contains("what is there is no key"), "{text}");
}

#[test]
fn a_file_is_made_once_and_only_for_its_owner() {
    let dir = tempfile::tempdir().unwrap();
    let source = MasterKeySource::file_in(dir.path());
    assert!(refusal(&source).contains("the master key `"));
    let key = source.load_or_make().unwrap();
    let path = dir.path().join(layout::MASTER_KEY);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
    assert_eq!(source.load_or_make().unwrap().bytes(), key.bytes());
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    assert!(refusal(&source).contains("has mode 0640"), "{}", refusal(&source));
}
