//! What explanations say.
