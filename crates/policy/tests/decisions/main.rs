//! The real evaluator against a naive one: on what AWS documents, and on random cases.

mod asked;
mod differential;
mod documented;
mod generate;
mod naive;
mod properties;
mod real;
