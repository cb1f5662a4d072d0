//! Documents made ready for decisions.
//!
//! A document is compiled once per version and shared. Statements of other services are passed over by two bit masks, one of
//! the services and one of the first letters of the actions that a statement may be about; what passes is matched in full.

use smol_str::SmolStr;

use crate::{ActionPattern, Conditions, Document, Effect, Key, ResourcePattern, Scope, Statement, Version, principal::Named};

mod asked;
mod reach;

pub(crate) use asked::Asked;
pub(crate) use reach::{ActionName, Reach};

/// A compiled document.
///
/// ```
/// use chancery_policy::{CompiledPolicy, Document, Kind};
///
/// let text = r#"{"Version": "2012-10-17",
///                "Statement": {"Sid": "Read", "Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}"#;
/// let policy = CompiledPolicy::compile(&Document::parse(text, Kind::Identity)?);
/// assert_eq!(policy.sid(0), Some("Read"));
/// # Ok::<(), chancery_policy::Malformed>(())
/// ```
#[derive(Debug, Clone)]
pub struct CompiledPolicy {
    /// What any statement may be about.
    reach: Reach,
    /// What each statement may be about: apart from the statements, so that passing over them reads little memory.
    reaches: Box<[Reach]>,
    statements: Box<[CompiledStatement]>,
}

/// A statement of a compiled document.
#[derive(Debug, Clone)]
pub(crate) struct CompiledStatement {
    pub(crate) effect: Effect,
    pub(crate) sid: Option<SmolStr>,
    actions: Listed<ActionPattern>,
    resources: Option<Listed<ResourcePattern>>,
    principals: Option<Listed<Named>>,
    pub(crate) conditions: Conditions,
}

/// A [`Scope`] in the least memory.
#[derive(Debug, Clone)]
pub(crate) struct Listed<T> {
    pub(crate) items: Box<[T]>,
    /// Whether the items are excepted.
    pub(crate) is_not: bool,
}

impl CompiledPolicy {
    /// Compiles a document.
    #[must_use]
    pub fn compile(document: &Document) -> Self {
        let reaches: Box<[Reach]> = document.statements.iter().map(|statement| Reach::of(&statement.actions)).collect();
        let reach = reaches.iter().copied().fold(Reach::default(), Reach::or);
        let statements =
            document.statements.iter().map(|statement| CompiledStatement::compile(statement, document.version)).collect();
        Self { reach, reaches, statements }
    }

    /// How many statements there are.
    #[must_use]
    pub fn statements(&self) -> usize {
        self.statements.len()
    }

    /// The `Sid` of a statement, counted from 0.
    #[must_use]
    pub fn sid(&self, statement: usize) -> Option<&str> {
        self.statements.get(statement)?.sid.as_deref()
    }

    /// The effect of a statement, counted from 0.
    #[must_use]
    pub fn effect(&self, statement: usize) -> Option<Effect> {
        self.statements.get(statement).map(|statement| statement.effect)
    }

    /// The condition keys that the statements ask for, in conditions and variables, each once. In no order that means anything.
    #[must_use]
    pub fn context_keys(&self) -> Vec<Key> {
        let mut keys: Vec<_> = self.statements.iter().flat_map(CompiledStatement::keys).cloned().collect();
        keys.sort();
        keys.dedup();
        keys
    }

    /// The statements that may be about an action, with their numbers.
    pub(crate) fn reached(&self, action: &ActionName<'_>) -> impl Iterator<Item = (usize, &CompiledStatement)> {
        let reaches = if self.reach.includes(action) { &*self.reaches } else { &[] };
        let statements = reaches.iter().zip(&self.statements).enumerate();
        statements.filter(|(_, (reach, _))| reach.includes(action)).map(|(number, (_, statement))| (number, statement))
    }
}

impl CompiledStatement {
    fn compile(statement: &Statement, version: Version) -> Self {
        let resources = statement.resources.as_ref();
        Self {
            effect: statement.effect,
            sid: statement.sid.clone(),
            actions: Listed::compile(&statement.actions, |text| ActionPattern::compile(text)),
            resources: resources.map(|scope| Listed::compile(scope, |text| ResourcePattern::compile(text, version))),
            principals: statement.principals.as_ref().map(|scope| Listed::compile(scope, Named::compile)),
            conditions: Conditions::compile(&statement.conditions, version),
        }
    }
}

impl<T> Listed<T> {
    fn compile<S>(scope: &Scope<S>, compile: impl Fn(&S) -> T) -> Self {
        Self { items: scope.listed().iter().map(compile).collect(), is_not: scope.is_not() }
    }

    /// Whether what `matches` tells of an item puts a request in the scope.
    fn includes(&self, matches: impl Fn(&T) -> bool) -> bool {
        self.items.iter().any(matches) != self.is_not
    }
}
