//! The lab's resolver: the ordinary one, known under the address that a scenario gives it.

use crate::{
    event::{DnsAnswer, DnsQuestion, View},
    net::{Resolver, resolver::WireResolver},
};
use std::net::SocketAddr;

/// Asks a server on loopback, and names it by the address that stands for it, as the dialer does with hosts.
#[derive(Debug)]
pub(super) struct LabResolver {
    inner: WireResolver,
    known_as: SocketAddr,
}

impl LabResolver {
    /// A resolver that `inner` reaches and that the world knows as `known_as`.
    pub(super) fn new(inner: WireResolver, known_as: SocketAddr) -> Self {
        Self { inner, known_as }
    }
}

#[async_trait::async_trait]
impl Resolver for LabResolver {
    async fn ask(&self, question: &DnsQuestion) -> DnsAnswer {
        let answer = self.inner.ask(question).await;
        DnsAnswer { responder: answer.responder.map(|_| self.known_as.to_string()), ..answer }
    }

    fn view(&self) -> View {
        self.inner.view()
    }
}
