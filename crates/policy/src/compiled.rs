//! Documents made ready for decisions.
//!
//! A document is compiled once per version and shared. Most of what a request meets is about other actions: a document is passed
//! over by a [`Reach`], a statement by a [`gate::Gate`], and only what passes both is matched in full.

use smallvec::SmallVec;
use smol_str::SmolStr;

use crate::{ActionPattern, Conditions, Document, Effect, Key, ResourcePattern, Scope, Statement, Version, principal::Named};

mod action;
mod asked;
mod gate;
mod hint;
mod reach;

pub(crate) use action::{ActionName, Scratch};
pub(crate) use asked::Asked;

use gate::Gates;
use hint::Hints;
use reach::Reach;

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
    /// What actions must start with for each statement: apart from the statements, so that passing over them reads little memory.
    gates: Gates,
    statements: Box<[CompiledStatement]>,
}

/// A statement of a compiled document.
#[derive(Debug, Clone)]
#[repr(C)]
pub(crate) struct CompiledStatement {
    // In the order in which a decision asks for them: what most statements fail at is in the memory that is fetched first.
    hints: Hints,
    resources: Option<Listed<ResourcePattern>>,
    principals: Option<Box<Listed<Named>>>,
    pub(crate) conditions: Conditions,
    pub(crate) effect: Effect,
    actions: Listed<ActionPattern>,
    pub(crate) sid: Option<SmolStr>,
}

/// A [`Scope`] in the least memory.
#[derive(Debug, Clone)]
pub(crate) struct Listed<T> {
    /// One item, as in most statements, is kept in place.
    pub(crate) items: SmallVec<[T; 1]>,
    /// Whether the items are excepted.
    pub(crate) is_not: bool,
}

impl CompiledPolicy {
    /// Compiles a document.
    #[must_use]
    pub fn compile(document: &Document) -> Self {
        let reach = document.statements.iter().map(|statement| Reach::of(&statement.actions)).fold(Reach::default(), Reach::or);
        let statements = document.statements.iter().enumerate();
        let gates = statements.flat_map(|(number, statement)| gate::of(number, &statement.actions)).collect();
        let statements =
            document.statements.iter().map(|statement| CompiledStatement::compile(statement, document.version)).collect();
        Self { reach, gates, statements }
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
    pub(crate) fn reached<'a>(&'a self, action: &ActionName<'_>) -> impl Iterator<Item = (usize, &'a CompiledStatement)> {
        let gates = if self.reach.includes(action.reach) { &*self.gates } else { &[] };
        let mut last = None;
        gates.iter().filter_map(move |gate| {
            // A statement has a gate for each of its patterns and is meant once.
            if !gate.lets_through(action) || last == Some(gate.statement()) {
                return None;
            }
            last = Some(gate.statement());
            Some((gate.statement(), self.statements.get(gate.statement())?))
        })
    }
}

impl CompiledStatement {
    fn compile(statement: &Statement, version: Version) -> Self {
        let resources = statement.resources.as_ref();
        Self {
            effect: statement.effect,
            sid: statement.sid.clone(),
            actions: Listed::compile(&statement.actions, |text| ActionPattern::compile(text)),
            hints: Hints::of(resources),
            resources: resources.map(|scope| Listed::compile(scope, |text| ResourcePattern::compile(text, version))),
            principals: statement.principals.as_ref().map(|scope| Box::new(Listed::compile(scope, Named::compile))),
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

#[cfg(test)]
mod tests;
