//! OpenSSL, built in.

use super::{Negotiated, alert};
use crate::event::TlsLibrary;
use openssl::{
    error::ErrorStack,
    ssl::{Ssl, SslContext, SslMethod, SslOptions, SslVerifyMode, SslVersion},
};
use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tokio_openssl::SslStream;

/// The other library, where this program was built with one.
pub const LIBRARY: Option<TlsLibrary> = Some(TlsLibrary::OpenSsl);

/// What OpenSSL adds to an alert's number to make a reason (`SSL_AD_REASON_OFFSET`).
const ALERT_REASONS: i32 = 1000;

/// The encrypted stream, its errors in the first library's words.
#[derive(Debug)]
pub(in crate::probe) struct Stream(SslStream<TcpStream>);

pub(super) async fn connect(stream: TcpStream, server_name: Option<&str>) -> io::Result<Negotiated> {
    let context = context()?;
    let mut ssl = Ssl::new(&context)?;
    if let Some(name) = server_name {
        ssl.set_hostname(name)?;
    }
    let mut stream = SslStream::new(ssl, stream)?;
    Pin::new(&mut stream).connect().await.map_err(|error| match error.into_io_error() {
        Ok(error) => error,
        Err(error) => translated(io::Error::other(error)),
    })?;
    let version = stream.ssl().version2().map(|version| match version {
        SslVersion::TLS1 => "TLS 1.0".to_owned(),
        SslVersion::TLS1_1 => "TLS 1.1".to_owned(),
        SslVersion::TLS1_2 => "TLS 1.2".to_owned(),
        other => format!("{other:?}"),
    });
    let suite = stream.ssl().current_cipher().and_then(|cipher| cipher.standard_name()).map(str::to_owned);
    Ok(Negotiated { stream: Stream(stream), version, suite })
}

/// Everything that OpenSSL can still speak. Security level 0 lets TLS 1.0 sign with SHA-1 and keys be short; servers
/// older than RFC 5746 are spoken to as well. Certificates are judged elsewhere.
fn context() -> Result<SslContext, ErrorStack> {
    let mut context = SslContext::builder(SslMethod::tls_client())?;
    context.set_security_level(0);
    context.set_cipher_list("ALL:@SECLEVEL=0")?;
    context.set_min_proto_version(Some(SslVersion::TLS1))?;
    context.set_max_proto_version(Some(SslVersion::TLS1_2))?;
    context.set_options(SslOptions::ALLOW_UNSAFE_LEGACY_RENEGOTIATION);
    context.set_verify(SslVerifyMode::NONE);
    Ok(context.build())
}

fn translated(error: io::Error) -> io::Error {
    let library = error.get_ref().and_then(|inner| inner.downcast_ref::<openssl::ssl::Error>());
    let reasons = library.and_then(openssl::ssl::Error::ssl_error).map(ErrorStack::errors).unwrap_or_default();
    let number = reasons.iter().find_map(|reason| u8::try_from(reason.reason_code().checked_sub(ALERT_REASONS)?).ok());
    match number {
        Some(number) => alert(number),
        None if library.is_some_and(ends_early) => io::ErrorKind::UnexpectedEof.into(),
        None => error,
    }
}

/// The far end closed without saying so: with OpenSSL 3 an error of its own, or an end of file in mid-handshake.
fn ends_early(error: &openssl::ssl::Error) -> bool {
    const UNEXPECTED_END: i32 = 294;
    let reasons = error.ssl_error().map(ErrorStack::errors).unwrap_or_default();
    let is_end = error.code() == openssl::ssl::ErrorCode::SYSCALL && error.io_error().is_none() && reasons.is_empty();
    is_end || reasons.iter().any(|reason| reason.reason_code() == UNEXPECTED_END)
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
