//! What ties a sign-in to the connection that it is made over: the server's certificate (RFC 5929 4).

use crate::{event::Certificate, probe::issuer};
use ring::digest;

/// Hash of a server's certificate for `tls-server-end-point` (RFC 5929 4.1): by the function of its own signature, SHA-256
/// for weaker ones and for those that have none of their own.
pub fn hash(leaf: &Certificate) -> Vec<u8> {
    let name = leaf.signature_algorithm.to_ascii_lowercase();
    let function = match () {
        () if name.contains("sha384") => &digest::SHA384,
        () if name.contains("sha512") => &digest::SHA512,
        () => &digest::SHA256,
    };
    digest::digest(function, &issuer::der(leaf)).as_ref().to_vec()
}
