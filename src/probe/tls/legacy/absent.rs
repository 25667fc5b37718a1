//! Built without the feature `legacy-tls`: there is no other library.

use super::Negotiated;
use crate::event::TlsLibrary;
use std::io;
use tokio::net::TcpStream;

/// The other library, where this program was built with one.
pub const LIBRARY: Option<TlsLibrary> = None;

pub(super) type Stream = TcpStream;

pub(super) async fn connect(stream: Stream, _server_name: Option<&str>) -> io::Result<Negotiated> {
    drop(stream);
    Err(io::ErrorKind::Unsupported.into())
}
