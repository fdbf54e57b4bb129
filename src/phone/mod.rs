//! Phone numbers in one canonical form.
