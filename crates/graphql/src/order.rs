//! The order of an answer's root fields: that of the query (GraphQL, October 2021, §6.2.2 "serializable as an ordered map").
//! async-graphql answers root fields in the order in which they are ready.

use async_graphql::{
    Name, Value,
    indexmap::IndexMap,
    parser::types::{ExecutableDocument, Selection, SelectionSet},
};

/// The response keys at the root, in the order of the text, fragments in place. The document is within its limits, so that
/// the walk ends soon.
pub(crate) fn root_keys(document: &ExecutableDocument) -> Vec<Name> {
    let mut keys = Vec::new();
    for (_, operation) in document.operations.iter() {
        collect(document, &operation.node.selection_set.node, &mut keys);
    }
    keys
}

fn collect(document: &ExecutableDocument, set: &SelectionSet, keys: &mut Vec<Name>) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => keys.push(field.node.response_key().node.clone()),
            Selection::InlineFragment(fragment) => collect(document, &fragment.node.selection_set.node, keys),
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                    collect(document, &fragment.node.selection_set.node, keys);
                }
            }
        }
    }
}

/// Puts the root fields of an answer in order.
pub(crate) fn put_in_order(data: &mut Value, keys: &[Name]) {
    let Value::Object(fields) = data else { return };
    if fields.len() < 2 {
        return;
    }
    let mut ordered = IndexMap::with_capacity(fields.len());
    for key in keys {
        if let Some((key, value)) = fields.shift_remove_entry(key) {
            ordered.insert(key, value);
        }
    }
    ordered.append(fields);
    *fields = ordered;
}
