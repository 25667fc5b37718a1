//! What was typed means: options turned into a run.
