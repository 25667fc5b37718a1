//! The engine: the only executor. Runs all candidates at once and emits events.
