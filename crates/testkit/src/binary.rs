//! Where the binary `chancery` is; it is built first if it is missing or older than its sources.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
    time::SystemTime,
};

/// Crates that the binary is not made of.
const NOT_SHIPPED: [&str; 3] = ["testkit", "xtask", "bench"];

/// The binary: the one that `CHANCERY_TEST_BINARY` names, or the one beside the test that runs.
///
/// # Panics
/// When it cannot be built.
#[must_use]
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| match env::var_os("CHANCERY_TEST_BINARY") {
        Some(path) => path.into(),
        None => beside_the_test(),
    })
}

fn beside_the_test() -> PathBuf {
    let test = env::current_exe().expect("the test's own path");
    // target/PROFILE/deps/TEST
    let profile = test.ancestors().nth(2).expect("a folder of the build's profile");
    let path = profile.join("chancery");
    if is_stale(&path) {
        build(profile);
    }
    path
}

fn is_stale(binary: &Path) -> bool {
    let Ok(built) = fs::metadata(binary).and_then(|file| file.modified()) else { return true };
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the folder of the crates");
    let folders = fs::read_dir(crates).expect("the folder of the crates").map(|entry| entry.expect("an entry").path());
    let mut shipped = folders.filter(|path| path.is_dir() && !NOT_SHIPPED.iter().any(|name| path.ends_with(name)));
    shipped.any(|path| has_newer(&path, built))
}

/// Whether a file of the crate is newer; those of its own tests do not count.
fn has_newer(path: &Path, than: SystemTime) -> bool {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    if ["tests", "benches", "examples"].contains(&&*name) || name.ends_with("_tests") {
        return false;
    }
    match fs::read_dir(path) {
        Ok(entries) => entries.flatten().any(|entry| has_newer(&entry.path(), than)),
        Err(_) => fs::metadata(path).and_then(|file| file.modified()).is_ok_and(|time| time > than),
    }
}

fn build(profile: &Path) {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "-p", "chancery-server", "--bin", "chancery"]);
    match profile.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => {}
        Some(name) => drop(cargo.args(["--profile", name])),
    }
    cargo.arg("--target-dir").arg(profile.parent().expect("the folder of the build"));
    let done = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).status().expect("cargo runs");
    assert!(done.success(), "the binary `chancery` cannot be built");
}
