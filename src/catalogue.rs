//! The catalogue: the pages of `assets/findings`, where all advice lives.
