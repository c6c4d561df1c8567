//! Baogong.
