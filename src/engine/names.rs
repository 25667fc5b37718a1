//! Name lookups of one run: several candidates share a host, and the network is asked once for each.

use crate::{
    event::{DnsAnswer, Outcome},
    net::Net,
    probe::dns,
};
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::OnceCell;

/// What one host's lookup brought.
#[derive(Debug)]
pub(super) struct Lookup {
    pub(super) answers: Vec<DnsAnswer>,
    pub(super) addresses: Vec<IpAddr>,
    pub(super) is_alias: bool,
    pub(super) outcome: Outcome,
}

/// Lookups by host.
#[derive(Default)]
pub(super) struct Names {
    known: Mutex<HashMap<String, Arc<OnceCell<Lookup>>>>,
}

impl Names {
    /// The host's lookup, made now unless it was made before; whoever comes second waits for the first.
    pub(super) async fn lookup(&self, net: &Net, host: &str) -> Arc<OnceCell<Lookup>> {
        let cell = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(known.entry(host.to_owned()).or_default())
        };
        cell.get_or_init(|| async {
            let answers = Mutex::new(Vec::new());
            let keep = |answer: DnsAnswer| answers.lock().unwrap_or_else(PoisonError::into_inner).push(answer);
            let found = dns::lookup_host(net, host, &keep).await;
            let mut answers = answers.into_inner().unwrap_or_else(PoisonError::into_inner);
            // They come as they please; reports of two runs should still read alike.
            answers.sort_by_key(|answer| answer.question.record);
            Lookup { answers, addresses: found.addresses, is_alias: found.is_alias, outcome: found.outcome }
        })
        .await;
        cell
    }

    /// Forgets all, so that the next lookups ask the network again.
    pub(super) fn forget(&self) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
