//! What passed in one handshake beside its result: what was offered, the records with their times, alerts and the end.

use super::{
    failure::alert_name,
    tap::{Ending, Observations, Side},
};
use crate::event::{HandshakeDetail, HandshakeKind, TlsAlert, TlsEnding, TlsRecord, TlsRecordKind, TlsSide};
use rustls::{ClientConfig, ClientConnection, crypto::CryptoProvider};
use std::time::Duration;

/// Most records that become evidence.
const RECORD_LIMIT: usize = 32;

/// What the hello of this program offers.
pub(super) fn offered(provider: &CryptoProvider, client: &ClientConfig) -> HandshakeDetail {
    HandshakeDetail {
        offered_versions: vec!["TLS 1.3".to_owned(), "TLS 1.2".to_owned()],
        offered_suites: provider
            .cipher_suites
            .iter()
            .map(|suite| registered(&format!("{:?}", suite.suite())))
            .collect(),
        offered_groups: provider.kx_groups.iter().map(|group| group_name(&format!("{:?}", group.name()))).collect(),
        offered_alpn: client.alpn_protocols.iter().map(|name| crate::text::sanitise_bytes(name)).collect(),
        ..HandshakeDetail::default()
    }
}

/// Adds what passed on the wire.
pub(super) fn record(detail: &mut HandshakeDetail, observations: &Observations) {
    detail.records = observations
        .records
        .iter()
        .take(RECORD_LIMIT)
        .map(|record| TlsRecord {
            side: match record.side {
                Side::Ours => TlsSide::Client,
                Side::Theirs => TlsSide::Server,
            },
            kind: match record.content_type {
                20 => TlsRecordKind::ChangeCipherSpec,
                21 => TlsRecordKind::Alert,
                22 => TlsRecordKind::Handshake,
                23 => TlsRecordKind::ApplicationData,
                _ => TlsRecordKind::Other,
            },
            length: record.length,
            at_us: microseconds(record.at),
        })
        .collect();
    detail.records_dropped = observations.records.len().saturating_sub(RECORD_LIMIT);
    detail.alert = observations.alert.map(|alert| {
        let is_alert = |record: &&super::tap::Record| record.side == Side::Theirs && record.content_type == 21;
        let at = observations.records.iter().rfind(is_alert).map(|record| microseconds(record.at));
        TlsAlert {
            name: alert_name(rustls::AlertDescription::from(alert.number)),
            number: alert.number,
            fatal: alert.level == 2,
            at_us: at.unwrap_or(0),
        }
    });
    detail.ended = observations
        .ending
        .map(|(ending, at)| TlsEnding { reset: matches!(ending, Ending::Reset), at_us: microseconds(at) });
}

/// How the parties agreed on keys.
pub(super) fn kind(connection: &ClientConnection) -> Option<HandshakeKind> {
    connection.handshake_kind().map(|kind| match kind {
        rustls::HandshakeKind::Full => HandshakeKind::Full,
        rustls::HandshakeKind::FullWithHelloRetryRequest => HandshakeKind::FullAfterRetry,
        rustls::HandshakeKind::Resumed => HandshakeKind::Resumed,
    })
}

/// The agreed group by its registered name.
pub(super) fn group(connection: &ClientConnection) -> Option<String> {
    connection.negotiated_key_exchange_group().map(|group| group_name(&format!("{:?}", group.name())))
}

/// The library writes the suites of TLS 1.3 with a prefix that their registered names do not have.
pub(super) fn registered(suite: &str) -> String {
    suite.replacen("TLS13_", "TLS_", 1)
}

/// Elliptic curves and their kin are registered in lower case (IANA "TLS Supported Groups").
fn group_name(group: &str) -> String {
    group.to_ascii_lowercase()
}

fn microseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
