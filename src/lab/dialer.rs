//! The lab's dialer: the ordinary one, beside a firewall that drops and a world that ends at the lab's border.

use crate::{event::TcpResult, net::Dialer};
use std::{collections::HashSet, net::SocketAddr, sync::Arc, time::Duration};
use tokio::net::TcpStream;

/// Delegates to another dialer; addresses that drop stay silent, and addresses outside the lab are refused, so that
/// a lab never reaches the network.
#[derive(Debug)]
pub struct LabDialer {
    inner: Arc<dyn Dialer>,
    silent: HashSet<SocketAddr>,
    known: HashSet<SocketAddr>,
}

impl LabDialer {
    /// A dialer for addresses that drop and addresses that `inner` knows to lead into the lab.
    pub fn new(inner: Arc<dyn Dialer>, silent: HashSet<SocketAddr>, known: HashSet<SocketAddr>) -> Self {
        Self { inner, silent, known }
    }
}

#[async_trait::async_trait]
impl Dialer for LabDialer {
    async fn connect(&self, host: &str, address: SocketAddr, limit: Duration) -> Result<TcpStream, TcpResult> {
        if self.silent.contains(&address) {
            tokio::time::sleep(limit).await;
            return Err(TcpResult::TimedOut);
        }
        if !self.known.contains(&address) {
            return Err(TcpResult::Refused);
        }
        self.inner.connect(host, address, limit).await
    }
}
