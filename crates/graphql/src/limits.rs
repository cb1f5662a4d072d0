//! The limits of a GraphQL document, checked before async-graphql sees it where that has none or comes too late.
//!
//! async-graphql walks fragments as often as they are spread, and its parser recurses: both are made harmless here,
//! before anything is parsed or walked.

use async_graphql::parser::types::{ExecutableDocument, Field, OperationType, Selection, SelectionSet};

use crate::fault::OverLimit;

/// The longest query text, in bytes.
pub(crate) const QUERY_BYTES_MAX: usize = 8 * 1024;
/// How deep brackets of any kind may nest in a query text.
pub(crate) const BRACKETS_NESTED_MAX: usize = 40;
/// How many selections, operations and fragments a document may have, as written.
pub(crate) const NODES_MAX: usize = 200;
/// How many selections it may have once every fragment is put in the place of its spreads.
pub(crate) const NODES_EXPANDED_MAX: usize = 1_000;
/// How many aliases.
pub(crate) const ALIASES_MAX: usize = 15;
/// How many fields an operation may select at its root.
pub(crate) const ROOT_FIELDS_MAX: usize = 10;
/// How many fields a subscription may select at its root. Source: GraphQL specification, "Single Root Field".
pub(crate) const SUBSCRIPTION_FIELDS_MAX: usize = 1;
/// How many mutations of a document may carry a password to sign in with.
pub(crate) const SIGN_INS_MAX: usize = 1;
/// How many lists of an introspection query may nest: as graphql-js has it, more is never needed and grows without bounds.
pub(crate) const INTROSPECTION_LISTS_MAX: usize = 3;
/// How deep fields may nest.
pub(crate) const DEPTH_MAX: usize = 10;
/// How deep they may in a document that asks for the schema alone: types are wrapped in types.
pub(crate) const INTROSPECTION_DEPTH_MAX: usize = 20;
/// What a query may cost: 1 a field, and a list its fields times a tenth of the items that are asked for.
pub(crate) const COMPLEXITY_MAX: usize = 500;
/// What a query for the schema may cost.
pub(crate) const INTROSPECTION_COMPLEXITY_MAX: usize = 2_000;
/// How deep selections may nest, fragments included.
pub(crate) const RECURSIVE_DEPTH_MAX: usize = 32;
/// How many directives a field may have.
pub(crate) const DIRECTIVES_PER_FIELD_MAX: usize = 8;

/// What of a document matters to how it is run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    /// It asks for the schema.
    pub(crate) introspects: bool,
    /// It asks for something else as well.
    pub(crate) does_more: bool,
    /// It has one operation only.
    pub(crate) single: bool,
    /// It has a mutation.
    pub(crate) mutates: bool,
}

fn over(name: &'static str, value: usize, what: &str) -> OverLimit {
    let message = format!("The query has {what}: the limit is {value}.");
    OverLimit { name, value: u64::try_from(value).unwrap_or(u64::MAX), message }
}

/// Refuses a text that is too long, or so deeply nested that parsing it would be a danger.
pub(crate) fn check_text(text: &str) -> Result<(), OverLimit> {
    if text.len() > QUERY_BYTES_MAX {
        return Err(over("queryBytes", QUERY_BYTES_MAX, &format!("{} bytes of text", text.len())));
    }
    if brackets_nested(text) > BRACKETS_NESTED_MAX {
        return Err(over("bracketsNested", BRACKETS_NESTED_MAX, "brackets that are nested too deep"));
    }
    Ok(())
}

/// How deep brackets nest. Those in strings and comments count as well: no honest query comes near the limit, and a
/// scanner that understands strings could be led astray.
fn brackets_nested(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0_usize);
    for byte in text.bytes() {
        match byte {
            b'{' | b'[' | b'(' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' | b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// Refuses a document that is over a limit, and tells its shape.
pub(crate) fn check_document(document: &ExecutableDocument) -> Result<Shape, OverLimit> {
    check_written(document)?;
    let mut walk = Walk { document, nodes: 0, sign_ins: 0, shape: Shape::default() };
    walk.shape.single = document.operations.iter().len() == 1;
    for (_, operation) in document.operations.iter() {
        walk.operation(operation.node.ty, &operation.node.selection_set.node)?;
    }
    Ok(walk.shape)
}

/// The document as written.
fn check_written(document: &ExecutableDocument) -> Result<(), OverLimit> {
    let mut counts = Counts::default();
    for (_, operation) in document.operations.iter() {
        counts.add(&operation.node.selection_set.node);
    }
    for fragment in document.fragments.values() {
        counts.add(&fragment.node.selection_set.node);
    }
    counts.nodes += document.operations.iter().len() + document.fragments.len();
    if counts.nodes > NODES_MAX {
        return Err(over("nodes", NODES_MAX, &format!("{} fields and fragments", counts.nodes)));
    }
    if counts.aliases > ALIASES_MAX {
        return Err(over("aliases", ALIASES_MAX, &format!("{} aliases", counts.aliases)));
    }
    if counts.directives > DIRECTIVES_PER_FIELD_MAX {
        return Err(over(
            "directivesPerField",
            DIRECTIVES_PER_FIELD_MAX,
            &format!("{} directives on a field", counts.directives),
        ));
    }
    Ok(())
}

/// What is counted as written. Brackets are bounded, so this recursion is.
#[derive(Default)]
struct Counts {
    nodes: usize,
    aliases: usize,
    directives: usize,
}

impl Counts {
    fn add(&mut self, set: &SelectionSet) {
        self.nodes += set.items.len();
        for item in &set.items {
            self.directives = self.directives.max(item.node.directives().len());
            match &item.node {
                Selection::Field(field) => {
                    self.aliases += usize::from(field.node.alias.is_some());
                    self.add(&field.node.selection_set.node);
                }
                Selection::InlineFragment(fragment) => self.add(&fragment.node.selection_set.node),
                Selection::FragmentSpread(_) => {}
            }
        }
    }
}

/// A walk over the document with its fragments in place, which stops at the first limit.
struct Walk<'a> {
    document: &'a ExecutableDocument,
    nodes: usize,
    sign_ins: usize,
    shape: Shape,
}

/// Where a walk is.
#[derive(Clone, Copy, Default)]
struct Place {
    /// How many selection sets are around, fragments included.
    depth: usize,
    /// How many lists of an introspection query are.
    lists: usize,
    /// Whether a field of the schema is.
    introspection: bool,
}

impl<'a> Walk<'a> {
    fn operation(&mut self, kind: OperationType, set: &'a SelectionSet) -> Result<(), OverLimit> {
        self.shape.mutates |= kind == OperationType::Mutation;
        let mut root = Vec::new();
        self.root_fields(set, Place::default(), &mut root)?;
        if root.len() > ROOT_FIELDS_MAX {
            return Err(over("rootFields", ROOT_FIELDS_MAX, &format!("{} fields at its root", root.len())));
        }
        if kind == OperationType::Subscription && root.len() > SUBSCRIPTION_FIELDS_MAX {
            return Err(over("subscriptionFields", SUBSCRIPTION_FIELDS_MAX, &format!("{} subscriptions at once", root.len())));
        }
        for field in root {
            let name = field.name.node.as_str();
            let introspection = matches!(name, "__schema" | "__type");
            self.shape.introspects |= introspection;
            self.shape.does_more |= !introspection && name != "__typename";
            self.sign_ins += usize::from(kind == OperationType::Mutation && matches!(name, "signIn" | "answerChallenge"));
            self.set(&field.selection_set.node, Place { depth: 1, lists: 0, introspection })?;
        }
        if self.sign_ins > SIGN_INS_MAX {
            return Err(over("signIns", SIGN_INS_MAX, "more than one signIn or answerChallenge"));
        }
        Ok(())
    }

    /// The fields at the root, fragments in place.
    fn root_fields(&mut self, set: &'a SelectionSet, place: Place, into: &mut Vec<&'a Field>) -> Result<(), OverLimit> {
        self.step(place)?;
        let within = Place { depth: place.depth + 1, ..place };
        for item in &set.items {
            self.count()?;
            match &item.node {
                Selection::Field(field) => into.push(&field.node),
                Selection::InlineFragment(fragment) => self.root_fields(&fragment.node.selection_set.node, within, into)?,
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.node.fragment_name.node) {
                        self.root_fields(&fragment.node.selection_set.node, within, into)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn set(&mut self, set: &'a SelectionSet, place: Place) -> Result<(), OverLimit> {
        self.step(place)?;
        let within = Place { depth: place.depth + 1, ..place };
        for item in &set.items {
            self.count()?;
            match &item.node {
                Selection::Field(field) => self.field(&field.node, within)?,
                Selection::InlineFragment(fragment) => self.set(&fragment.node.selection_set.node, within)?,
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.node.fragment_name.node) {
                        self.set(&fragment.node.selection_set.node, within)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn field(&mut self, field: &'a Field, mut place: Place) -> Result<(), OverLimit> {
        let list = matches!(field.name.node.as_str(), "fields" | "interfaces" | "possibleTypes" | "inputFields");
        if place.introspection && list {
            place.lists += 1;
            if place.lists > INTROSPECTION_LISTS_MAX {
                return Err(over("introspectionLists", INTROSPECTION_LISTS_MAX, "lists of the schema nested too deep"));
            }
        }
        if field.selection_set.node.items.is_empty() { Ok(()) } else { self.set(&field.selection_set.node, place) }
    }

    /// Fragments that form a circle end here as well.
    fn step(&self, place: Place) -> Result<(), OverLimit> {
        if place.depth > RECURSIVE_DEPTH_MAX {
            return Err(over("recursiveDepth", RECURSIVE_DEPTH_MAX, "fields and fragments nested too deep, or in a circle"));
        }
        Ok(())
    }

    fn count(&mut self) -> Result<(), OverLimit> {
        self.nodes += 1;
        if self.nodes > NODES_EXPANDED_MAX {
            return Err(over("nodesExpanded", NODES_EXPANDED_MAX, "too many fields once its fragments are put in place"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
