//! The entries that the ordinary tests feed as well, and how a target feeds one.

#[path = "../all/fuzz/entries/mod.rs"]
pub mod entries;

pub use libfuzzer_sys;

/// The target of an entry: what the entry is made with is made once.
#[macro_export]
macro_rules! target {
    ($name:literal) => {
        $crate::libfuzzer_sys::fuzz_target!(|data: &[u8]| {
            use std::sync::{LazyLock, Mutex};
            static ENTRY: LazyLock<Mutex<$crate::entries::Entry>> = LazyLock::new(|| Mutex::new($crate::entries::entry($name)));
            (ENTRY.lock().expect("libFuzzer ends at the first panic"))(data);
        });
    };
}
