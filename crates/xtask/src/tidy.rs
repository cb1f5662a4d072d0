//! `cargo xtask tidy`: the layout rules that no compiler checks. Each rule is a file here and looks at a [`Workspace`] that was read
//! before, so that its tests need no disk. Tidy never changes a file.

mod architecture;
mod dependencies;
mod exceptions;
mod layout;
mod lint_exceptions;
mod modules;
mod sizes;
mod tokens;
mod verbs;
mod workspace;

use std::{fmt, fs, path::Path};

use anyhow::{Context, bail};

use self::workspace::Workspace;

/// Where the exceptions stand, from the top.
const EXCEPTIONS: &str = "ops/tidy-exceptions.txt";

/// One thing that is not as the rules want it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    /// The file, from the top, with slashes.
    path: String,
    /// Counted from one.
    line: usize,
    /// The rule's name, as an exception would write it.
    rule: &'static str,
    /// What within the file it is about (a function, a dependency); without white space.
    subject: String,
    /// What is wrong, and what would be right.
    message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}: {}", self.path, self.line, self.rule, self.message)
    }
}

/// Checks every rule and prints what breaks one.
///
/// # Errors
/// When the workspace cannot be read, and when there is anything to report.
pub(crate) fn run(top: &Path) -> anyhow::Result<()> {
    let workspace = Workspace::read(top)?;
    let list = fs::read_to_string(top.join(EXCEPTIONS)).with_context(|| format!("cannot read {EXCEPTIONS}"))?;
    let mut findings = exceptions::apply(&list, check(&workspace));
    findings.sort();
    for finding in &findings {
        println!("{finding}");
    }
    if !findings.is_empty() {
        bail!("tidy found {} things to put right", findings.len());
    }
    println!("tidy: {} Rust files in {} crates are in order", workspace.sources.len(), workspace.packages.len());
    Ok(())
}

fn check(workspace: &Workspace) -> Vec<Finding> {
    let mut findings = layout::check(&workspace.entries);
    for source in &workspace.sources {
        findings.extend(sizes::check(source));
        findings.extend(lint_exceptions::check(source));
        findings.extend(modules::check_names(source));
    }
    findings.extend(modules::check_reachable(&workspace.packages, &workspace.sources));
    findings.extend(verbs::check(&workspace.sources));
    findings.extend(architecture::check(&workspace.architecture, &workspace.packages));
    findings.extend(dependencies::check(&workspace.packages));
    findings
}
