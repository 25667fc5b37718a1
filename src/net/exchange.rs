//! One question to one server: over UDP from a socket of its own, over TCP when the answer does not fit or where the server
//! is asked so, or through an encrypted channel.
//!
//! The socket is connected, so that only this server's datagrams arrive and a closed port shows at once (ICMP).

use super::{
    encrypted::Channel,
    message::{Reply, Unusable, decode, encode},
};
use crate::event::{DnsQuestion, DnsStatus};
use hickory_proto::op::ResponseCode;
use std::{
    io::{Error, ErrorKind},
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpSocket, UdpSocket},
    time::{Instant, timeout_at},
};

/// Room for a datagram: more than three times what EDNS offers to take.
const DATAGRAM_LIMIT: usize = 4096;

/// A server, and how it is asked.
#[derive(Clone, Debug)]
pub(super) enum Upstream {
    /// Over UDP, and over TCP where an answer does not fit.
    Datagram(SocketAddr),
    /// Over TCP alone.
    Stream(SocketAddr),
    /// Over TLS or HTTPS.
    Encrypted(Arc<Channel>),
}

/// How one server dealt with one question.
#[derive(Debug)]
pub(super) struct Exchange {
    /// Who was asked, as it can be given with `--resolver`.
    pub server: String,
    /// What it said. Present beside a failure when a truncated answer could not be fetched over TCP.
    pub reply: Option<Reply>,
    /// Why there is no (whole) answer.
    pub failure: Option<DnsStatus>,
    /// The answer was fetched over TCP.
    pub over_tcp: bool,
}

impl Exchange {
    /// Whether asking another server would be pointless: the name's state is known.
    pub fn is_conclusive(&self) -> bool {
        self.failure.is_none() && self.status_of_code().is_none()
    }

    /// The fault that the response code stands for; none for an answer or a denial.
    pub fn status_of_code(&self) -> Option<DnsStatus> {
        let reply = self.reply.as_ref()?;
        match reply.code {
            // A server that only points elsewhere could not finish what it was asked to do.
            ResponseCode::NoError if reply.referral => Some(DnsStatus::ServerFailure),
            ResponseCode::NoError | ResponseCode::NXDomain => None,
            ResponseCode::ServFail => Some(DnsStatus::ServerFailure),
            ResponseCode::Refused => Some(DnsStatus::Refused),
            _ => Some(DnsStatus::OtherCode),
        }
    }
}

/// Asks one server once. A server that does not understand EDNS is asked again without (RFC 6891 section 7).
pub(super) async fn exchange(upstream: &Upstream, question: &DnsQuestion, edns: bool, deadline: Instant) -> Exchange {
    let mut edns = edns;
    loop {
        let exchange = once(upstream, question, edns, deadline).await;
        let code = exchange.reply.as_ref().map(|reply| reply.code);
        let misunderstood = matches!(code, Some(ResponseCode::FormErr | ResponseCode::NotImp | ResponseCode::BADVERS));
        if edns && misunderstood {
            edns = false;
        } else {
            return exchange;
        }
    }
}

async fn once(upstream: &Upstream, question: &DnsQuestion, edns: bool, deadline: Instant) -> Exchange {
    match upstream {
        Upstream::Datagram(server) => datagram(*server, question, edns, deadline).await,
        Upstream::Stream(server) => {
            let reply = over_tcp(*server, question, edns, deadline).await;
            ended(format!("tcp://{server}"), reply, true)
        }
        Upstream::Encrypted(channel) => {
            let reply = channel.ask(question, edns, deadline).await;
            ended(channel.name(), reply, false)
        }
    }
}

fn ended(server: String, reply: Result<Reply, DnsStatus>, over_tcp: bool) -> Exchange {
    match reply {
        Ok(reply) => Exchange { server, reply: Some(reply), failure: None, over_tcp },
        Err(failure) => Exchange { server, reply: None, failure: Some(failure), over_tcp: false },
    }
}

async fn datagram(server: SocketAddr, question: &DnsQuestion, edns: bool, deadline: Instant) -> Exchange {
    let reply = over_udp(server, question, edns, deadline).await;
    let Ok(truncated) = reply else { return ended(server.to_string(), reply, false) };
    let misunderstood = matches!(truncated.code, ResponseCode::FormErr | ResponseCode::NotImp | ResponseCode::BADVERS);
    if !truncated.truncated || (edns && misunderstood) {
        return ended(server.to_string(), Ok(truncated), false);
    }
    match over_tcp(server, question, edns, deadline).await {
        Ok(whole) => ended(server.to_string(), Ok(whole), true),
        Err(failure) => {
            Exchange { server: server.to_string(), reply: Some(truncated), failure: Some(failure), over_tcp: false }
        }
    }
}

async fn over_udp(
    server: SocketAddr,
    question: &DnsQuestion,
    edns: bool,
    deadline: Instant,
) -> Result<Reply, DnsStatus> {
    let (id, bytes) = encode(question, edns).map_err(|_| DnsStatus::Malformed)?;
    let local: SocketAddr =
        if server.is_ipv4() { (Ipv4Addr::UNSPECIFIED, 0).into() } else { (Ipv6Addr::UNSPECIFIED, 0).into() };
    let socket = UdpSocket::bind(local).await.map_err(|error| status(&error))?;
    socket.connect(server).await.map_err(|error| status(&error))?;
    socket.send(&bytes).await.map_err(|error| status(&error))?;
    let mut buffer = vec![0; DATAGRAM_LIMIT];
    let mut silence = DnsStatus::TimedOut;
    loop {
        let Ok(received) = timeout_at(deadline, socket.recv(&mut buffer)).await else { return Err(silence) };
        let length = received.map_err(|error| status(&error))?;
        match decode(buffer.get(..length).unwrap_or_default(), id, question) {
            Ok(reply) => return Ok(reply),
            Err(Unusable::Unreadable) => return Err(DnsStatus::Malformed),
            // It may be forged, so the true answer is waited for; when none comes, this was the answer.
            Err(Unusable::Foreign) => silence = DnsStatus::Malformed,
        }
    }
}

async fn over_tcp(
    server: SocketAddr,
    question: &DnsQuestion,
    edns: bool,
    deadline: Instant,
) -> Result<Reply, DnsStatus> {
    let (id, bytes) = encode(question, edns).map_err(|_| DnsStatus::Malformed)?;
    let bytes = timeout_at(deadline, framed(server, &bytes)).await.map_err(|_| DnsStatus::TimedOut)?;
    decode(&bytes.map_err(|error| status(&error))?, id, question).map_err(|_| DnsStatus::Malformed)
}

/// Sends a message over a connection of its own and reads one.
async fn framed(server: SocketAddr, message: &[u8]) -> Result<Vec<u8>, Error> {
    let socket = if server.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_nodelay(true)?;
    let mut stream = socket.connect(server).await?;
    converse(&mut stream, message).await
}

/// Sends a message and reads one, each behind its length in two bytes (RFC 1035 section 4.2.2).
pub(super) async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    message: &[u8],
) -> Result<Vec<u8>, Error> {
    let length = u16::try_from(message.len()).map_err(|_| Error::from(ErrorKind::InvalidInput))?;
    // In one piece: some servers do not wait for the rest of a message that begins with the bare length.
    stream.write_all(&[&length.to_be_bytes(), message].concat()).await?;
    let mut answer = vec![0; usize::from(stream.read_u16().await?)];
    stream.read_exact(&mut answer).await?;
    Ok(answer)
}

/// What an error of the socket says about the server.
pub(super) fn status(error: &Error) -> DnsStatus {
    /// Windows: the datagram is larger than the buffer.
    const WSAEMSGSIZE: i32 = 10040;
    match error.kind() {
        // Windows reports ICMP "port unreachable" as a reset.
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset => DnsStatus::PortClosed,
        ErrorKind::TimedOut => DnsStatus::TimedOut,
        ErrorKind::UnexpectedEof => DnsStatus::Malformed,
        _ if cfg!(windows) && error.raw_os_error() == Some(WSAEMSGSIZE) => DnsStatus::Malformed,
        _ => DnsStatus::Unreachable,
    }
}
