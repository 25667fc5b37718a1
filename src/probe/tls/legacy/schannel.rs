//! SChannel, the library that Outlook itself uses.

use super::{Negotiated, alert};
use crate::event::TlsLibrary;
use native_tls::{Protocol, TlsConnector};
use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tokio_native_tls::TlsStream;

/// The other library, where this program was built with one.
pub const LIBRARY: Option<TlsLibrary> = Some(TlsLibrary::SChannel);

/// `SEC_E_ILLEGAL_MESSAGE`: SChannel says no more than this about the alert `handshake_failure` (40), and keeps the
/// number for the event log.
const ILLEGAL_MESSAGE: i32 = 0x8009_0326_u32.cast_signed();
const HANDSHAKE_FAILURE: u8 = 40;

/// The encrypted stream, its errors in the first library's words.
#[derive(Debug)]
pub(in crate::probe) struct Stream(TlsStream<TcpStream>);

pub(super) async fn connect(stream: TcpStream, server_name: Option<&str>) -> io::Result<Negotiated> {
    let mut builder = TlsConnector::builder();
    builder.min_protocol_version(Some(Protocol::Tlsv10)).max_protocol_version(Some(Protocol::Tlsv12));
    // Certificates are judged elsewhere.
    builder.danger_accept_invalid_certs(true).danger_accept_invalid_hostnames(true);
    builder.use_sni(server_name.is_some());
    let connector = tokio_native_tls::TlsConnector::from(builder.build().map_err(io::Error::other)?);
    let connected = connector.connect(server_name.unwrap_or_default(), stream).await;
    let stream = connected.map_err(|error| translated(io::Error::other(error)))?;
    // The crate shows neither version nor suite.
    Ok(Negotiated { stream: Stream(stream), version: None, suite: None })
}

fn translated(error: io::Error) -> io::Error {
    let mut next = error.get_ref().map(|inner| inner as &(dyn std::error::Error + 'static));
    let mut code = error.raw_os_error();
    while let (None, Some(inner)) = (code, next) {
        code = inner.downcast_ref::<io::Error>().and_then(io::Error::raw_os_error);
        next = inner.source();
    }
    if code == Some(ILLEGAL_MESSAGE) { alert(HANDSHAKE_FAILURE) } else { error }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer).map_err(translated)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes).map_err(translated)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context).map_err(translated)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context).map_err(translated)
    }
}
