//! Reads requests: as much of HTTP/1.1 (RFC 9112) as the clients of a lab send, within bounds.

use std::io;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// Longest request line and headers together, in bytes.
const HEAD_LIMIT: usize = 64 * 1024;

/// Longest body, in bytes.
const BODY_LIMIT: usize = 1024 * 1024;

/// One request; its body is read and forgotten.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Request {
    /// Method, in capitals.
    pub method: String,
    /// Path without the query.
    pub path: String,
    /// Host without the port.
    pub host: String,
    /// `Authorization`.
    pub authorization: Option<String>,
    /// The connection ends after the answer.
    pub close: bool,
}

/// Reads one request; `None` when the client is done. `buffer` holds what was read beyond it.
pub(super) async fn read<S>(stream: &mut S, buffer: &mut Vec<u8>) -> io::Result<Option<Request>>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let end = loop {
        if let Some(position) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break position + 4;
        }
        if buffer.len() > HEAD_LIMIT {
            return Err(io::ErrorKind::InvalidData.into());
        }
        if stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    };
    let rest = buffer.split_off(end);
    let head = std::mem::replace(buffer, rest);
    let (request, length) = parse(&head).ok_or(io::ErrorKind::InvalidData)?;
    if length > BODY_LIMIT {
        return Err(io::ErrorKind::InvalidData.into());
    }
    if buffer.len() < length && expects_continue(&head) {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
        stream.flush().await?;
    }
    while buffer.len() < length {
        if stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    }
    buffer.drain(..length);
    Ok(Some(request))
}

/// The request and the length of its body.
fn parse(head: &[u8]) -> Option<(Request, usize)> {
    let text = std::str::from_utf8(head).ok()?;
    let mut line = text.lines().next()?.split(' ');
    let (method, target, version) = (line.next()?, line.next()?, line.next()?);
    if header(text, "transfer-encoding").is_some() {
        return None;
    }
    let length = match header(text, "content-length") {
        Some(length) => length.parse().ok()?,
        None => 0,
    };
    let host = header(text, "host").unwrap_or("");
    let connection = header(text, "connection").unwrap_or("").to_ascii_lowercase();
    let request = Request {
        method: method.to_ascii_uppercase(),
        path: target.split(['?', '#']).next()?.to_owned(),
        host: host.rsplit_once(':').map_or(host, |(name, _)| name).to_owned(),
        authorization: header(text, "authorization").map(str::to_owned),
        close: connection.contains("close") || version == "HTTP/1.0",
    };
    Some((request, length))
}

fn expects_continue(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(head);
    header(&text, "expect").is_some_and(|value| value.eq_ignore_ascii_case("100-continue"))
}

fn header<'a>(text: &'a str, wanted: &str) -> Option<&'a str> {
    let mut headers = text.lines().skip(1).filter_map(|line| line.split_once(':'));
    headers.find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn reads_pipelined_requests_with_and_without_body() {
        let (mut client, mut server) = tokio::io::duplex(1024);
        client
            .write_all(
                b"POST /a?x=1 HTTP/1.1\r\nHost: One.test:443\r\nContent-Length: 3\r\n\r\nabcGET /b HTTP/1.0\r\n\r\n",
            )
            .await
            .expect("there is room");
        drop(client);
        let mut buffer = Vec::new();
        let first = read(&mut server, &mut buffer).await.expect("readable").expect("a request");
        assert_eq!((first.method.as_str(), first.path.as_str(), first.host.as_str()), ("POST", "/a", "One.test"));
        assert!(!first.close);
        let second = read(&mut server, &mut buffer).await.expect("readable").expect("a request");
        assert_eq!((second.path.as_str(), second.close), ("/b", true));
        assert_eq!(read(&mut server, &mut buffer).await.expect("readable"), None);
    }

    #[tokio::test]
    async fn refuses_what_is_past_a_bound_or_no_http() {
        for text in ["GET\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: 9999999\r\n\r\n"] {
            let (mut client, mut server) = tokio::io::duplex(1024);
            client.write_all(text.as_bytes()).await.expect("there is room");
            assert!(read(&mut server, &mut Vec::new()).await.is_err(), "{text:?}");
        }
    }
}
