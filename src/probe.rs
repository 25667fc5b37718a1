//! The probes: one stage each, from its input to evidence and outcome.

pub mod dns;
pub mod http;
pub mod issuer;
pub mod ldap;
pub mod lockout;
pub mod outside;
pub mod sign_in;
pub mod starttls;
pub mod tcp;
pub mod tls;
pub mod xml;

#[cfg(test)]
pub(crate) mod testing;
