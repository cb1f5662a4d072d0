//! What stands at the top: the six fixed entries, what cargo and the licence need there, and dotfiles.

use super::Finding;

const FIXED: [&str; 8] = ["Cargo.toml", "crates", "schema", "ops", "tests", "README.md", "Cargo.lock", "LICENSE"];
/// Made by building and by running; not committed.
const IGNORED: [&str; 2] = ["target", "data"];

pub(super) fn check(entries: &[String]) -> Vec<Finding> {
    let allowed = |name: &str| name.starts_with('.') || FIXED.contains(&name) || IGNORED.contains(&name);
    let unknown = entries.iter().filter(|name| !allowed(name)).map(|name| {
        let message = format!("does not belong at the top, where only {} and dotfiles stand", FIXED.join(", "));
        finding(name, message)
    });
    let missing = FIXED
        .iter()
        .filter(|name| !entries.iter().any(|entry| entry == *name))
        .map(|name| finding(name, "is missing at the top".to_owned()));
    unknown.chain(missing).collect()
}

fn finding(name: &str, message: String) -> Finding {
    Finding { path: name.to_owned(), line: 1, rule: "top-level", subject: "-".to_owned(), message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_top_holds_the_fixed_entries_and_dotfiles() {
        let mut entries: Vec<String> = FIXED.iter().map(ToString::to_string).collect();
        entries.extend([".git".to_owned(), "target".to_owned()]);
        assert_eq!(check(&entries), []);
        entries.push("docs".to_owned());
        entries.retain(|name| name != "LICENSE");
        let found: Vec<String> = check(&entries).into_iter().map(|finding| finding.path).collect();
        assert_eq!(found, ["docs", "LICENSE"]);
    }
}
