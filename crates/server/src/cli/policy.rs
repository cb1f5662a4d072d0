//! `chancery policy`: policies in files, decided and checked without a server.

mod answer;
mod case_file;
mod case_flags;
mod evaluate;
mod lint;
mod test;

use clap::Subcommand;

use super::{Exit, Failure, Global, Output};

/// The form of a case, in the help of all commands that take one.
const CASE_FORMAT: &str = "\
A case is a JSON object. Unknown fields are errors; what is missing is null.
  id                  what the case is called
  principal           the ARN of a root, user, role, role session, federated user or identity
                      provider, an account id (its root), a service, or anonymous
  action, resource    s3:GetObject and an ARN, or * for an action that has no resource
  resourceAccount     the account that owns the resource, where its ARN does not tell;
                      without either the resource is the principal's own
  context             condition keys with a string each, or a list for a multivalued key
  identityPolicies    documents, each an object or its text in a string; a list or only one
  boundary            null or documents; an empty list is null, as in the next two
  sessionPolicies     null or documents
  endpointPolicies    null or documents, of the VPC endpoint
  resourcePolicy      null or a document; for sts:AssumeRole the trust policy of the role
  scps, rcps          null or levels from the root on, each a list of documents; every level
                      must allow, and each of rcps has RCPFullAWSAccess besides
  wildcardOnlyAction  true for an action whose only resource is *
  expected            allowed, implicitlyDenied, explicitlyDenied, or denied for either

Keys that follow from the rest are filled in as AWS does, unless the context has them:
aws:PrincipalArn, aws:PrincipalAccount, aws:PrincipalType, aws:PrincipalIsAWSService,
aws:PrincipalServiceName, aws:PrincipalServiceNamesList, aws:username of a user, aws:userid of
a root and a federated user, aws:ResourceAccount. Nothing else is: no time, no address, no tag.
In the context null makes a key missing. For a session of a role that has a path give
aws:PrincipalArn.";

/// Decide, explain, test and lint policies in files; no server is needed
///
/// The evaluator is the one that guards the server's own API: AWS's evaluation logic in full.
#[derive(Debug, Subcommand)]
pub(super) enum Policy {
    Test(test::Test),
    /// Decide requests and print the answers
    ///
    /// The request is given by flags, or by files of cases, of which `expected` is not looked at. Exits with 0 whatever the answer is.
    #[command(after_long_help = CASE_FORMAT)]
    Evaluate(Box<evaluate::Evaluate>),
    /// Decide requests and say why: which statements decided, which nearly would have, and what the request lacks
    ///
    /// Takes what `chancery policy evaluate` takes.
    #[command(after_long_help = CASE_FORMAT)]
    Explain(Box<evaluate::Evaluate>),
    Lint(lint::Lint),
}

impl Policy {
    pub(super) fn run(self, global: &Global) -> Result<(), Failure> {
        match self {
            Self::Test(command) => command.run(global),
            Self::Evaluate(command) => command.run(global, answer::Detail::Answer),
            Self::Explain(command) => command.run(global, answer::Detail::Explanation),
            Self::Lint(command) => command.run(global),
        }
    }
}

/// A number of things: `1 case`, `2 cases`.
fn counted(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests;
