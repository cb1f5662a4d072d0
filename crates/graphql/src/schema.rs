//! The schema, built three times over the same types: strict, for documents that have passed it before, and for
//! documents that ask for the schema alone.

use async_graphql::{SDLExportOptions, SchemaBuilder, ValidationMode};

use crate::{
    limits::{
        COMPLEXITY_MAX, DEPTH_MAX, DIRECTIVES_PER_FIELD_MAX, INTROSPECTION_COMPLEXITY_MAX, INTROSPECTION_DEPTH_MAX,
        RECURSIVE_DEPTH_MAX,
    },
    mutations::Mutation,
    objects::Node,
    query::Query,
    subscription::Live,
};

/// The schema's type.
pub(crate) type Schema = async_graphql::Schema<Query, Mutation, Live>;

/// The schema as it is run.
#[derive(Clone)]
pub(crate) struct Schemas {
    /// Every rule is checked.
    pub(crate) strict: Schema,
    /// Rules that depend on the document alone are taken as kept; limits are checked all the same.
    pub(crate) known: Schema,
    /// For the schema itself: deeper, because types are wrapped in types.
    pub(crate) introspection: Schema,
}

impl Schemas {
    pub(crate) fn build() -> Self {
        let usual = || builder().limit_depth(DEPTH_MAX).limit_complexity(COMPLEXITY_MAX);
        let introspection = builder().limit_depth(INTROSPECTION_DEPTH_MAX).limit_complexity(INTROSPECTION_COMPLEXITY_MAX);
        Self {
            strict: usual().finish(),
            known: usual().validation_mode(ValidationMode::Fast).finish(),
            introspection: introspection.finish(),
        }
    }
}

fn builder() -> SchemaBuilder<Query, Mutation, Live> {
    Schema::build(Query::new(), Mutation::new(), Live)
        .register_output_type::<Node>()
        .limit_recursive_depth(RECURSIVE_DEPTH_MAX)
        .limit_directives(DIRECTIVES_PER_FIELD_MAX)
        .disable_suggestions()
}

/// The schema in GraphQL's own language, in a stable order: what `schema/schema.graphql` holds.
#[must_use]
pub fn sdl() -> String {
    let options = SDLExportOptions::new()
        .sorted_fields()
        .sorted_arguments()
        .sorted_enum_items()
        .include_specified_by()
        .use_space_ident()
        .prefer_single_line_descriptions();
    let text = builder().finish().sdl_with_options(options);
    let mut lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    while lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    lines.join("\n") + "\n"
}
