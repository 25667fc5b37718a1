//! discoscope shows how Outlook looks for its mailbox settings, and why it fails.
//!
//! A [`plan`] is probed by the engine, which emits [`event`]s; the [`model`] folds them; the [`walk`] says what one
//! client would do, [`finding`]s say what it means, the [`diagnosis`] brings both to a verdict; a report or the
//! screen shows it. A recording is just the events. The outside world enters through [`net`] alone.

// Above the others, which all may use its macros.
#[macro_use]
pub mod language;

pub mod address;
#[allow(dead_code, reason = "the catalogue and the lab read these lists")]
mod assets;
pub mod assumption;
pub mod catalogue;
pub mod certificate;
pub mod cli;
pub mod code;
pub mod commands;
pub mod config;
pub mod diagnosis;
pub mod directory;
pub mod engine;
pub mod event;
pub mod exit;
pub mod finding;
pub mod lab;
pub mod machine;
pub mod model;
pub mod net;
pub mod pc;
pub mod plan;
pub mod probe;
pub mod recording;
pub mod redaction;
pub mod report;
pub mod secret;
pub mod session;
pub mod signal;
pub mod text;
pub mod tui;
pub mod walk;
pub mod words;
