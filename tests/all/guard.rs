//! Who may what: the golden matrix of our own API, every layer of a decision, and the ways that once led past one.

mod bulk;
mod delegated;
mod escalation;
mod foreign;
mod layers;
mod make;
mod matrix;
mod office;
