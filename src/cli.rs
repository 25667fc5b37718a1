//! What may be typed.
