//! Questions about access: may they, why, who else, by what; and what documents would decide. The engine answers them with
//! the evaluator that guards it.

mod case;
mod context;
mod context_keys;
mod decision;
mod given;
mod principals;
mod questions;
mod simulate;
mod simulations;
mod validate;

pub(crate) use questions::Questions;
pub(crate) use simulations::Simulations;
