//! The HTTP stage: one request over a connection of our own, and what came back within bounds.

mod ask;
mod exchange;
mod judgement;
mod text;

pub use ask::{
    HttpAsk, USER_AGENT, active_sync_post, json_question, other_path, outlook_post, path_spelling, redirect_probe,
    service_get, soap_presence,
};
pub use exchange::{BODY_LIMIT, Connection, HEADER_COUNT_LIMIT, HEADER_SIZE_LIMIT, TEXT_LIMIT, exchange};
pub use judgement::{RedirectFault, RequestKind, demands_client_certificate, is_login_page, outcome, redirect_target};
pub use text::decode_text;
