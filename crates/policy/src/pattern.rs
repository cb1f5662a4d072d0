//! Patterns of actions and resources, compiled once and matched without allocation.

pub(crate) mod glob;
#[cfg(test)]
mod tests;
pub(crate) mod variable;

use smol_str::{SmolStr, StrExt};

use crate::{Context, Key, Version};
use glob::Glob;
use variable::{Builder, Pattern, Syntax};

/// A pattern of an `Action` or `NotAction` element: `*` or `service:Name` with wildcards, without regard to case.
///
/// ```
/// use chancery_policy::ActionPattern;
///
/// assert!(ActionPattern::compile("s3:Get*Acl").matches("S3:getobjectacl"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionPattern {
    /// In lower case, wildcards as written.
    folded: SmolStr,
    shape: Shape,
}

/// How a pattern of an action is compared. Nearly all are one of the first three.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Shape {
    /// `*`
    All,
    /// `s3:GetObject`
    Exact,
    /// `s3:Get*`
    Prefix,
    /// Wildcards elsewhere.
    Glob(Box<Glob>),
}

impl ActionPattern {
    /// Compiles a pattern. Every text is one; a text that is no action matches no action.
    #[must_use]
    pub fn compile(text: &str) -> Self {
        let folded = text.to_ascii_lowercase_smolstr();
        let shape = match folded.find(['*', '?']) {
            None => Shape::Exact,
            Some(0) if folded == "*" => Shape::All,
            Some(wildcard) if wildcard + 1 == folded.len() && folded.ends_with('*') => Shape::Prefix,
            Some(_) => Shape::Glob(Box::new(Glob::plain(&folded))),
        };
        Self { folded, shape }
    }

    /// Whether an action such as `s3:GetObject` matches, in any case. To ask many patterns about one action, put it
    /// in lower case once and use [`ActionPattern::matches_folded`].
    #[must_use]
    pub fn matches(&self, action: &str) -> bool {
        match &self.shape {
            Shape::All => true,
            Shape::Exact => self.folded.eq_ignore_ascii_case(action),
            Shape::Prefix => {
                let prefix = self.prefix();
                action.as_bytes().get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
            }
            Shape::Glob(glob) => glob.matches(&action.to_ascii_lowercase_smolstr()),
        }
    }

    /// Whether an action that is already in lower case matches. Never allocates.
    #[must_use]
    pub fn matches_folded(&self, action: &str) -> bool {
        match &self.shape {
            Shape::All => true,
            Shape::Exact => self.folded == action,
            Shape::Prefix => action.starts_with(self.prefix()),
            Shape::Glob(glob) => glob.matches(action),
        }
    }

    /// The service in lower case; none if the pattern is not about one service.
    #[must_use]
    pub fn service(&self) -> Option<&str> {
        self.folded.split_once(':').map(|(service, _)| service).filter(|service| !service.contains(['*', '?']))
    }

    fn prefix(&self) -> &str {
        self.folded.strip_suffix('*').unwrap_or(&self.folded)
    }
}

/// A pattern of a `Resource` or `NotResource` element, policy variables included.
///
/// ARNs are compared as the IAM User Guide has it ("IAM JSON policy elements: Resource", "IAM identifiers"), component by
/// component and with case. In partition, service, region and account a wildcard stays within the component. In the
/// last component, which may hold colons, it goes over `/` and `:`. An ARN with fewer than six components is completed
/// with `*`, so a `*` at the end of a pattern stands for all that follows: `arn:aws:sqs:us-*` is
/// `arn:aws:sqs:us-*:*:*`. Variables are put in after the fifth colon only. A text that is no ARN (the
/// `execute-api:/stage` of API Gateway) is compared as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourcePattern(Resource);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Resource {
    /// `*`
    All,
    Arn(Pattern),
    /// No ARN.
    Text(Pattern),
}

impl ResourcePattern {
    /// Compiles a pattern. Every text is one; `${…}` means something with [`Version::V2012`] only.
    #[must_use]
    pub fn compile(text: &str, version: Version) -> Self {
        if text == "*" {
            return Self(Resource::All);
        }
        let syntax = Syntax::new(version, true);
        if !text.starts_with("arn:") {
            return Self(Resource::Text(Pattern::compile(text, syntax)));
        }
        let mut builder = Builder::default();
        let colons = text.bytes().filter(|&byte| byte == b':').count();
        // "You can't use a variable to replace parts of the ARN before the fifth colon": `${…}` is plain text there.
        let head = text.match_indices(':').nth(4).map_or(text.len(), |(colon, _)| colon);
        let (head, last) = text.split_at_checked(head).unwrap_or((text, ""));
        builder.push(head, Syntax { variables: false, ..syntax });
        builder.push(last, syntax);
        for _ in colons..5 {
            builder.push(":*", syntax);
        }
        Self(Resource::Arn(builder.finish()))
    }

    /// Whether a resource matches, its variables taken from the context. A variable that has neither a value nor a
    /// default makes the pattern match nothing.
    #[must_use]
    pub fn matches(&self, resource: &str, context: &dyn Context) -> bool {
        match &self.0 {
            Resource::All => true,
            Resource::Arn(Pattern::Fixed(glob)) => glob.matches_arn(resource),
            Resource::Text(Pattern::Fixed(glob)) => glob.matches(resource),
            Resource::Arn(Pattern::Variable(template)) => {
                template.may_match(resource)
                    && template.fill(context).is_some_and(|pattern| glob::matches_arn(&pattern, resource))
            }
            Resource::Text(Pattern::Variable(template)) => {
                template.may_match(resource)
                    && template.fill(context).is_some_and(|pattern| glob::matches(&pattern, resource.as_bytes()))
            }
        }
    }

    /// Whether every variable has a value or a default in a context; so it is when there are none.
    ///
    /// For `NotResource`: "the resource that includes a policy variable with no value will not match any resource" is
    /// said of it as of `Resource`.
    #[must_use]
    pub fn resolves(&self, context: &dyn Context) -> bool {
        self.pattern().is_none_or(|pattern| pattern.resolves(context))
    }

    /// The keys of the variables in the pattern.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.pattern().into_iter().flat_map(Pattern::keys)
    }

    fn pattern(&self) -> Option<&Pattern> {
        match &self.0 {
            Resource::All => None,
            Resource::Arn(pattern) | Resource::Text(pattern) => Some(pattern),
        }
    }
}
