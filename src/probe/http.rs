//! stub
/// stub
pub fn demands_client_certificate(_: &crate::event::HttpExchange) -> bool {
    false
}
