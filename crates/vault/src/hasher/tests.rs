//! Passwords through the workers, with parameters that cost nothing.

use std::future::Future;

use argon2::password_hash::{PasswordVerifier, phc};
use chancery_model::Plain;

use super::*;
use crate::{VaultConfig, vault::Vault};

const CHEAP: HashingConfig = HashingConfig { memory_kib: 16, passes: 1, lanes: 1, workers: 2, queued_max: 8 };

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

fn with_vault<T>(test: impl FnOnce(&Vault) -> T) -> T {
    let dir = tempfile::tempdir().unwrap();
    test(&Vault::create(&VaultConfig::new(dir.path().join("keys"))).unwrap())
}

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

#[test]
fn the_right_password_matches_and_others_do_not() {
    with_vault(|vault| {
        let hasher = PasswordHasher::new(vault, CHEAP).unwrap();
        let hash = run(hasher.hash(secret("correct horse"))).unwrap();
        let verify = |text: &str| run(hasher.verify(secret(text), Some(hash.clone()))).unwrap();
        assert_eq!(verify("correct horse"), Verified { matches: true, needs_rehash: false });
        for wrong in ["correct horsE", "correct horse ", "correct hors", ""] {
            assert_eq!(verify(wrong), Verified { matches: false, needs_rehash: false }, "{wrong:?}");
        }
        assert_ne!(hash, run(hasher.hash(secret("correct horse"))).unwrap(), "two hashes share a salt");
        assert!(!format!("{hash:?}{hasher:?}").contains(&hash.as_phc()[30..]));
    });
}

#[test]
fn a_hash_is_argon2id_with_the_vaults_pepper() {
    with_vault(|vault| {
        let hasher = PasswordHasher::new(vault, CHEAP).unwrap();
        let hash = run(hasher.hash(secret("pass"))).unwrap();
        assert!(hash.as_phc().starts_with("$argon2id$v=19$m=16,t=1,p=1$"), "{}", hash.as_phc());
        let phc = phc::PasswordHash::new(hash.as_phc()).unwrap();
        let pepper = vault.pepper();
        let peppered = Argon2::new_with_secret(pepper.bytes(), Algorithm::Argon2id, Version::V0x13, Params::DEFAULT).unwrap();
        assert!(peppered.verify_password(b"pass", &phc).is_ok());
        assert!(Argon2::default().verify_password(b"pass", &phc).is_err(), "the hash has no pepper");
        with_vault(|other| {
            let other = PasswordHasher::new(other, CHEAP).unwrap();
            assert!(!run(other.verify(secret("pass"), Some(hash.clone()))).unwrap().matches);
        });
    });
}

#[test]
fn another_cost_asks_for_a_rehash_only_when_the_password_matches() {
    with_vault(|vault| {
        let hash = run(PasswordHasher::new(vault, CHEAP).unwrap().hash(secret("pass"))).unwrap();
        for config in
            [HashingConfig { memory_kib: 32, ..CHEAP }, HashingConfig { passes: 2, ..CHEAP }, HashingConfig { lanes: 2, ..CHEAP }]
        {
            let hasher = PasswordHasher::new(vault, config).unwrap();
            let verify = |text: &str| run(hasher.verify(secret(text), Some(hash.clone()))).unwrap();
            assert_eq!(verify("pass"), Verified { matches: true, needs_rehash: true });
            assert_eq!(verify("wrong"), Verified { matches: false, needs_rehash: false });
        }
    });
}

#[test]
fn an_unknown_user_costs_the_same_memory_and_passes_and_never_matches() {
    with_vault(|vault| {
        let hasher = PasswordHasher::new(vault, CHEAP).unwrap();
        let hash = run(hasher.hash(secret("pass"))).unwrap();
        let (dummy, real) = (hasher.shared.dummy.parts().unwrap(), hash.parts().unwrap());
        let cost = |parts: &crate::password::Parts| {
            (parts.params.m_cost(), parts.params.t_cost(), parts.params.p_cost(), parts.salt.len(), parts.output.len())
        };
        assert_eq!(cost(&dummy), cost(&real));
        for text in ["pass", "", "anything"] {
            assert_eq!(run(hasher.verify(secret(text), None)).unwrap(), Verified { matches: false, needs_rehash: false });
        }
    });
}

#[test]
fn an_unknown_user_takes_as_long_as_a_known_one() {
    with_vault(|vault| {
        // Large enough that hashing outweighs the rest.
        let config = HashingConfig { memory_kib: 2_048, workers: 1, ..CHEAP };
        let hasher = PasswordHasher::new(vault, config).unwrap();
        let hash = run(hasher.hash(secret("pass"))).unwrap();
        let fastest = |hash: Option<PasswordHash>| {
            let one = || {
                let started = Instant::now();
                run(hasher.verify(secret("wrong"), hash.clone())).unwrap();
                started.elapsed()
            };
            (0..20).map(|_| one()).min().unwrap()
        };
        let (known, unknown) = (fastest(Some(hash)), fastest(None));
        assert!(unknown * 2 > known && known * 2 > unknown, "known {known:?}, unknown {unknown:?}");
    });
}

#[test]
fn a_full_queue_is_busy_and_recovers() {
    with_vault(|vault| {
        // A second or so of work for the one worker, so that the queue stays full while it is tried.
        let config = HashingConfig { memory_kib: 32 * 1024, passes: 2, workers: 1, queued_max: 1, lanes: 1 };
        let hasher = PasswordHasher::new(vault, config).unwrap();
        let answers = run(async {
            let one = || hasher.hash(secret("pass"));
            tokio::join!(one(), one(), one(), one(), one(), one())
        });
        let all = [answers.0, answers.1, answers.2, answers.3, answers.4, answers.5];
        let busy: Vec<_> = all.iter().filter_map(|answer| answer.as_ref().err()).collect();
        assert!((1..=5).contains(&busy.len()), "{} of 6 were refused", busy.len());
        assert!(busy.iter().all(|busy| busy.retry_after_seconds >= 1));
        assert!(run(hasher.hash(secret("pass"))).is_ok());
    });
}

#[test]
fn a_hash_survives_sealing_and_strange_ones_are_refused() {
    let good = "$argon2id$v=19$m=16,t=1,p=1$c2FsdHNhbHRzYWx0$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    let hash = PasswordHash::from_phc(good).unwrap();
    assert_eq!(PasswordHash::from_plain(&hash.to_plain()).unwrap(), hash);
    let strange = [
        String::new(),
        "plain".to_owned(),
        good.replace("argon2id", "argon2i"),
        good.replace("argon2id", "scrypt"),
        good.replace("v=19", "v=16"),
        good.replace("$v=19", ""),
        good.replace("m=16", "m=4294967295"),
        good.replace("m=16", "m=262145"),
        good.replace("t=1", "t=17"),
        good.replace("t=1", "t=0"),
        good.replace("p=1", "p=9"),
        good.replace("$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", ""),
        good.replace("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", "AAECAwQFBgcICQ"),
        format!("{good}$more"),
        format!("{good}{}", "A".repeat(300)),
    ];
    for text in strange {
        assert!(PasswordHash::from_phc(&text).is_none(), "{text}");
    }
    assert!(PasswordHash::from_plain(&[0xff, 0xfe]).is_none());
}

#[test]
fn parameters_out_of_range_are_named() {
    with_vault(|vault| {
        for (config, field) in [
            (HashingConfig { memory_kib: 7, ..CHEAP }, "memory_kib"),
            (HashingConfig { memory_kib: 262_145, ..CHEAP }, "memory_kib"),
            (HashingConfig { memory_kib: 16, lanes: 4, ..CHEAP }, "memory_kib"),
            (HashingConfig { passes: 0, ..CHEAP }, "passes"),
            (HashingConfig { passes: 17, ..CHEAP }, "passes"),
            (HashingConfig { lanes: 0, ..CHEAP }, "lanes"),
            (HashingConfig { lanes: 9, memory_kib: 128, ..CHEAP }, "lanes"),
            (HashingConfig { workers: 0, ..CHEAP }, "workers"),
            (HashingConfig { queued_max: 0, ..CHEAP }, "queued_max"),
        ] {
            let text = PasswordHasher::new(vault, config).map(|_| ()).unwrap_err().to_string();
            assert!(text.contains(&format!("{field} =")), "{text}");
        }
    });
}
