//! Avatars: every path form.
