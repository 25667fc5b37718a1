//! Signing in: who may get what a technician gave, how it is sent, and what is told about it.

mod attempt;
mod keeper;
pub mod ntlm;
mod scrub;

pub use attempt::{Attempted, SignInAsk, ask_ntlm, attempt};
pub use keeper::{Asking, Hold, Keeper, Order};
pub use scrub::Scrubber;
