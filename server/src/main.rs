//! The program `bedside`.
fn main() {}
