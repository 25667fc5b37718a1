//! The lab's resolvers: real DNS servers on loopback, UDP and TCP on one port.

use super::{LabError, zone::ZoneSet};
use hickory_proto::{
    op::{Edns, Header, HeaderCounts, Metadata, ResponseCode},
    rr::Record,
};
use hickory_server::{
    Server,
    net::runtime::Time,
    server::{Request, RequestHandler, ResponseHandler, ResponseInfo},
    zone_handler::MessageResponseBuilder,
};
use std::{fmt, net::SocketAddr, time::Duration};
use tokio::net::{TcpListener, UdpSocket};

/// How long an idle TCP connection stays open.
const IDLE: Duration = Duration::from_secs(10);

/// Answers that may wait to be sent on one TCP connection.
const PENDING: usize = 32;

/// Largest answer over UDP, as resolvers have it since the DNS flag day of 2020.
const UDP_PAYLOAD: u16 = 1232;

/// Times a port is sought that is free for UDP and TCP alike.
const PORT_ATTEMPTS: usize = 16;

/// A resolver of the lab; it stops when dropped.
pub(super) struct NameServer {
    address: SocketAddr,
    _server: Server<Recursor>,
}

impl NameServer {
    /// Starts answering on an ephemeral loopback port.
    ///
    /// # Errors
    /// [`LabError::Listen`] when no port can be had.
    pub async fn start(zones: ZoneSet) -> Result<Self, LabError> {
        let (udp, tcp) = bind().await.map_err(|source| LabError::Listen { what: "a name server", source })?;
        let address = udp.local_addr().map_err(|source| LabError::Listen { what: "a name server", source })?;
        let mut server = Server::new(Recursor { zones });
        server.register_socket(udp);
        server.register_listener(tcp, IDLE, PENDING);
        Ok(Self { address, _server: server })
    }

    /// Where it answers.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl fmt::Debug for NameServer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("NameServer").field("address", &self.address).finish_non_exhaustive()
    }
}

/// One port for both transports: the TCP port that the system gives may be taken for UDP.
async fn bind() -> std::io::Result<(UdpSocket, TcpListener)> {
    let mut last = None;
    for _ in 0..PORT_ATTEMPTS {
        let tcp = TcpListener::bind(("127.0.0.1", 0)).await?;
        match UdpSocket::bind(tcp.local_addr()?).await {
            Ok(udp) => return Ok((udp, tcp)),
            Err(error) => last = Some(error),
        }
    }
    Err(last.unwrap_or_else(|| std::io::ErrorKind::AddrInUse.into()))
}

struct Recursor {
    zones: ZoneSet,
}

#[async_trait::async_trait]
impl RequestHandler for Recursor {
    async fn handle_request<R: ResponseHandler, T: Time>(
        &self,
        request: &Request,
        mut response_handle: R,
    ) -> ResponseInfo {
        let mut metadata = Metadata::response_from_request(&request.metadata);
        metadata.recursion_available = true;
        let unsent = ResponseInfo::from(Header { metadata, counts: HeaderCounts::default() });
        let resolved = match request.request_info() {
            Ok(info) => self.zones.resolve(&info.query.name().to_string(), info.query.query_type()),
            Err(_) => {
                metadata.response_code = ResponseCode::FormErr;
                let empty = MessageResponseBuilder::from_message_request(request).build_no_records(metadata);
                return response_handle.send_response(empty).await.unwrap_or(unsent);
            }
        };
        let Some(resolved) = resolved else {
            return unsent; // The packet is lost.
        };
        metadata.response_code = resolved.code;
        let none: [Record; 0] = [];
        // RFC 6891 section 7: who asks with OPT is answered with OPT.
        let mut edns = Edns::new();
        edns.set_max_payload(request.edns.as_ref().map_or(UDP_PAYLOAD, Edns::max_payload).min(UDP_PAYLOAD));
        let edns = request.edns.as_ref().map(|_| &edns);
        let response = MessageResponseBuilder::new(&request.queries, edns).build(
            metadata,
            &resolved.answers,
            &none,
            &resolved.authority,
            &none,
        );
        response_handle.send_response(response).await.unwrap_or(unsent)
    }
}
