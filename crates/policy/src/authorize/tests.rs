//! The rules of the decision, as tables.
