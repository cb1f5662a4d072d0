//! Signing and reading checkpoints: vectors, refusals, every damaged byte.

use super::*;

fn signer() -> CheckpointSigner {
    CheckpointSigner::new("log.example.org/chancery", &[42; 32]).unwrap()
}

#[test]
fn the_golden_note_and_key() {
    let signer = signer();
    assert_eq!(signer.verifier().to_string(), "log.example.org/chancery+4d41c991+ARl/ayPhbIUyxqvIOPrNXqeJvgx2spIDNAOb+os9No1h");
    assert_eq!(
        signer.sign(42, [7; 32]),
        "log.example.org/chancery\n42\nBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n\n\
         — log.example.org/chancery \
         TUHJkULUjRNYIWAYuiWHpklbUBhStBkDk7sHDGRqlozAbYu5IcltUHUQLXCLuOz8Z7iJODVzX5Ta+GbgxaQX4gpFag8=\n"
    );
}

/// The example key and note of the Go implementation of signed notes (golang.org/x/mod/sumdb/note).
#[test]
fn the_key_of_another_implementation() {
    let key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    let verifier = CheckpointVerifier::parse(key).unwrap();
    assert_eq!(verifier.to_string(), key);
    let note = "If you think cryptography is the answer to your problem,\n\
                then you don't know what your problem is.\n\
                \n\
                — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    // Its signature holds, and then its text is no checkpoint.
    assert!(matches!(verifier.verify(note), Err(CheckpointError::Malformed { reason }) if reason.contains("second line")));
    let altered = note.replace("answer", "Answer");
    assert!(matches!(verifier.verify(&altered), Err(CheckpointError::WrongSignature { .. })));
}

#[test]
fn signs_and_verifies() {
    let signer = signer();
    let note = signer.sign(3, [1; 32]);
    let checkpoint = signer.verifier().verify(&note).unwrap();
    assert_eq!(checkpoint, Checkpoint { origin: "log.example.org/chancery".into(), size: 3, root: [1; 32] });
    assert_eq!(CheckpointVerifier::parse(&signer.verifier().to_string()).unwrap(), *signer.verifier());
    // A witness may add its own signature.
    let cosigned = format!("{note}— witness.example.org AAAAAAAA\n");
    assert_eq!(signer.verifier().verify(&cosigned).unwrap(), checkpoint);
}

#[test]
fn refuses_everything_else() {
    let signer = signer();
    let verifier = signer.verifier();
    let note = signer.sign(3, [1; 32]);
    let stranger = CheckpointSigner::new("log.example.org/other", &[42; 32]).unwrap();
    assert!(matches!(verifier.verify(&stranger.sign(3, [1; 32])), Err(CheckpointError::NotSigned { .. })));
    assert!(matches!(verifier.verify(&note.replacen("\n3\n", "\n4\n", 1)), Err(CheckpointError::WrongSignature { .. })));
    assert!(verifier.verify("").is_err());
    assert!(verifier.verify(note.trim_end()).is_err());
    assert!(verifier.verify(&"x".repeat(NOTE_BYTES_MAX + 1)).is_err());
    for name in ["", "a b", "a+b"] {
        assert!(matches!(CheckpointSigner::new(name, &[0; 32]), Err(CheckpointError::BadName { .. })));
    }
    for body in ["log\n03\nAAAA\n", "log\n-3\nAAAA\n", "log\n3\nAAAA\n", "log\n3\n", "\n3\n", "log\n3"] {
        assert!(Checkpoint::parse_body(body).is_err(), "{body:?}");
    }
}

#[test]
fn never_shows_the_seed() {
    assert!(!format!("{:?}", signer()).contains(&hex::encode([42; 32])));
    assert!(format!("{:?}", signer()).starts_with("CheckpointSigner(log.example.org/chancery+"));
}
