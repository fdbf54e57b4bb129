//! One module per interface: arguments in, results out, no decisions.

mod bindgen;
