//! Who is read from a text, and who is named by what.
