//! The facts of a handshake: what was offered, what was chosen, what passed when.

use super::{super::evidence::why_shaken, fact, part};
use crate::{
    event::{ClientCertificateDemand, HandshakeDetail, HandshakeKind, TlsHandshake, TlsRecord, TlsRecordKind, TlsSide},
    tui::{
        document::{Document, Paragraph},
        theme::{Look, Meaning},
    },
    words,
};

/// Names of acceptable issuers that are shown.
const ISSUER_LIMIT: usize = 40;

/// One handshake.
pub(super) fn handshake(handshake: &TlsHandshake, look: &Look, document: &mut Document) {
    let title = Paragraph::new(0, Meaning::Title, say!("Handshake with {address}", address = handshake.address));
    document.push(title.right(Meaning::Muted, words::duration(handshake.elapsed_us)));
    if let Some(why) = why_shaken(handshake.purpose) {
        document.text(2, Meaning::Muted, &say!("made {why}", why));
    }
    offered(handshake, document);
    chosen(handshake, document);
    if let Some(request) = &handshake.client_certificate {
        let demand = match request.demand {
            ClientCertificateDemand::Required => say!("required"),
            ClientCertificateDemand::Optional => say!("done without"),
            ClientCertificateDemand::Undecided => say!("whether it is required does not show"),
        };
        part(document, say!("Client certificate asked for"), demand);
        if request.acceptable_issuers.is_empty() {
            document.text(4, Meaning::Muted, say!("no issuers named: any would be looked at"));
        }
        for issuer in request.acceptable_issuers.iter().take(ISSUER_LIMIT) {
            document.push(Paragraph::new(4, Meaning::Value, issuer).hang(2));
        }
        let more = request.acceptable_issuers.len().saturating_sub(ISSUER_LIMIT);
        if more > 0 {
            document.text(4, Meaning::Muted, &say!("{more} more issuers", more));
        }
    }
    let Some(detail) = &handshake.detail else { return };
    signalled(detail, document);
    if !detail.records.is_empty() {
        part(document, say!("Records"), &words_of_count(detail));
        detail.records.iter().for_each(|record| passed(record, look, document));
    }
}

fn offered(handshake: &TlsHandshake, document: &mut Document) {
    part(document, say!("Offered"), "");
    let name = handshake.server_name.clone().unwrap_or_else(|| say!("none sent").to_owned());
    let mut rows = vec![fact("SNI", name)];
    if let Some(detail) = &handshake.detail {
        let lists = [
            (say!("versions"), &detail.offered_versions),
            ("ALPN", &detail.offered_alpn),
            (say!("groups"), &detail.offered_groups),
            (say!("suites"), &detail.offered_suites),
        ];
        let told = lists.into_iter().filter(|(_, list)| !list.is_empty());
        rows.extend(told.map(|(label, list)| fact(label, list.join(", "))));
    }
    rows.extend(handshake.version_range().map(|range| fact(say!("accepts"), range)));
    document.pairs(4, rows);
}

fn chosen(handshake: &TlsHandshake, document: &mut Document) {
    part(document, say!("Chosen"), "");
    let or_none = |value: &Option<String>, none: &str| value.clone().unwrap_or_else(|| none.to_owned());
    let mut rows = vec![
        fact(say!("version"), or_none(&handshake.version, say!("none"))),
        fact(say!("suite"), or_none(&handshake.suite, say!("none"))),
        fact(say!("group"), or_none(&handshake.group, say!("not told"))),
        fact("ALPN", or_none(&handshake.alpn, say!("none agreed"))),
    ];
    let kind = handshake.detail.as_ref().and_then(|detail| detail.kind);
    rows.extend(kind.map(|kind| {
        let words = match kind {
            HandshakeKind::Full => say!("new, by a full handshake"),
            HandshakeKind::FullAfterRetry => say!("new, after the server asked for another group"),
            HandshakeKind::Resumed => say!("an earlier one taken up again"),
        };
        fact(say!("session"), words)
    }));
    let sent = handshake.chain.len() + handshake.chain_dropped;
    let words = match sent {
        0 => say!("none sent").to_owned(),
        1 => say!("1 certificate sent").to_owned(),
        sent => say!("{sent} certificates sent", sent),
    };
    rows.push(fact(say!("chain"), words));
    rows.push(fact(
        "OCSP",
        if handshake.ocsp_stapled { say!("an answer was stapled") } else { say!("nothing stapled") },
    ));
    document.pairs(4, rows);
}

fn signalled(detail: &HandshakeDetail, document: &mut Document) {
    let mut rows = Vec::new();
    if let Some(alert) = &detail.alert {
        let weight = if alert.fatal { say!("fatal") } else { say!("warning") };
        let text = say!(
            "{number} {name} ({weight}) after {duration}",
            number = alert.number,
            name = alert.name,
            weight,
            duration = words::duration(alert.at_us)
        );
        let meaning = if alert.fatal { Meaning::Failed } else { Meaning::Warned };
        rows.push((say!("alert").to_owned(), meaning, text));
    }
    if let Some(ended) = detail.ended {
        let how = if ended.reset { say!("reset (RST)") } else { say!("closed (FIN)") };
        let text = say!("{how} by the server after {duration}", how, duration = words::duration(ended.at_us));
        rows.push((say!("connection").to_owned(), Meaning::Warned, text));
    }
    if !rows.is_empty() {
        part(document, say!("Signalled by the server"), "");
        document.pairs(4, rows);
    }
}

fn words_of_count(detail: &HandshakeDetail) -> String {
    match detail.records_dropped {
        0 => String::new(),
        more => say!("the first {records}; {more} more passed", records = detail.records.len(), more),
    }
}

fn passed(record: &TlsRecord, look: &Look, document: &mut Document) {
    let (who, meaning) = match record.side {
        TlsSide::Client => (say!("client"), Meaning::Muted),
        TlsSide::Server => (say!("server"), Meaning::Plain),
    };
    let kind = match record.kind {
        TlsRecordKind::ChangeCipherSpec => say!("change cipher spec"),
        TlsRecordKind::Alert => say!("alert"),
        TlsRecordKind::Handshake => say!("handshake"),
        TlsRecordKind::ApplicationData => say!("encrypted"),
        TlsRecordKind::Other => say!("unknown kind"),
    };
    let meaning_of_kind = if record.kind == TlsRecordKind::Alert { Meaning::Warned } else { Meaning::Value };
    let time = words::duration(record.at_us);
    let line = Paragraph::new(4, Meaning::Muted, format!("{time:>9}  "));
    let line = line.and(meaning, format!("{who} {} ", look.glyphs.arrow));
    document.push(line.and(meaning_of_kind, format!("{kind}, ")).and(
        Meaning::Muted,
        match record.length {
            1 => say!("1 byte").to_owned(),
            length => say!("{length} bytes", length),
        },
    ));
}
