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
    let title = Paragraph::new(0, Meaning::Title, format!("Handshake with {}", handshake.address));
    document.push(title.right(Meaning::Muted, words::duration(handshake.elapsed_us)));
    if let Some(why) = why_shaken(handshake.purpose) {
        document.text(2, Meaning::Muted, &format!("made {why}"));
    }
    offered(handshake, document);
    chosen(handshake, document);
    if let Some(request) = &handshake.client_certificate {
        let demand = match request.demand {
            ClientCertificateDemand::Required => "required",
            ClientCertificateDemand::Optional => "done without",
            ClientCertificateDemand::Undecided => "whether it is required does not show",
        };
        part(document, "Client certificate asked for", demand);
        if request.acceptable_issuers.is_empty() {
            document.text(4, Meaning::Muted, "no issuers named: any would be looked at");
        }
        for issuer in request.acceptable_issuers.iter().take(ISSUER_LIMIT) {
            document.push(Paragraph::new(4, Meaning::Value, issuer).hang(2));
        }
        let more = request.acceptable_issuers.len().saturating_sub(ISSUER_LIMIT);
        if more > 0 {
            document.text(4, Meaning::Muted, &format!("{more} more issuers"));
        }
    }
    let Some(detail) = &handshake.detail else { return };
    signalled(detail, document);
    if !detail.records.is_empty() {
        part(document, "Records", &words_of_count(detail));
        detail.records.iter().for_each(|record| passed(record, look, document));
    }
}

fn offered(handshake: &TlsHandshake, document: &mut Document) {
    part(document, "Offered", "");
    let name = handshake.server_name.clone().unwrap_or_else(|| "none sent".to_owned());
    let mut rows = vec![fact("SNI", name)];
    if let Some(detail) = &handshake.detail {
        let lists = [
            ("versions", &detail.offered_versions),
            ("ALPN", &detail.offered_alpn),
            ("groups", &detail.offered_groups),
            ("suites", &detail.offered_suites),
        ];
        let told = lists.into_iter().filter(|(_, list)| !list.is_empty());
        rows.extend(told.map(|(label, list)| fact(label, list.join(", "))));
    }
    rows.extend(handshake.version_range().map(|range| fact("accepts", range)));
    document.pairs(4, rows);
}

fn chosen(handshake: &TlsHandshake, document: &mut Document) {
    part(document, "Chosen", "");
    let or_none = |value: &Option<String>, none: &str| value.clone().unwrap_or_else(|| none.to_owned());
    let mut rows = vec![
        fact("version", or_none(&handshake.version, "none")),
        fact("suite", or_none(&handshake.suite, "none")),
        fact("group", or_none(&handshake.group, "not told")),
        fact("ALPN", or_none(&handshake.alpn, "none agreed")),
    ];
    let kind = handshake.detail.as_ref().and_then(|detail| detail.kind);
    rows.extend(kind.map(|kind| {
        let words = match kind {
            HandshakeKind::Full => "new, by a full handshake",
            HandshakeKind::FullAfterRetry => "new, after the server asked for another group",
            HandshakeKind::Resumed => "an earlier one taken up again",
        };
        fact("session", words)
    }));
    let sent = handshake.chain.len() + handshake.chain_dropped;
    let words = match sent {
        0 => "none sent".to_owned(),
        1 => "1 certificate sent".to_owned(),
        sent => format!("{sent} certificates sent"),
    };
    rows.push(fact("chain", words));
    rows.push(fact("OCSP", if handshake.ocsp_stapled { "an answer was stapled" } else { "nothing stapled" }));
    document.pairs(4, rows);
}

fn signalled(detail: &HandshakeDetail, document: &mut Document) {
    let mut rows = Vec::new();
    if let Some(alert) = &detail.alert {
        let weight = if alert.fatal { "fatal" } else { "warning" };
        let text = format!("{} {} ({weight}) after {}", alert.number, alert.name, words::duration(alert.at_us));
        let meaning = if alert.fatal { Meaning::Failed } else { Meaning::Warned };
        rows.push(("alert".to_owned(), meaning, text));
    }
    if let Some(ended) = detail.ended {
        let how = if ended.reset { "reset (RST)" } else { "closed (FIN)" };
        let text = format!("{how} by the server after {}", words::duration(ended.at_us));
        rows.push(("connection".to_owned(), Meaning::Warned, text));
    }
    if !rows.is_empty() {
        part(document, "Signalled by the server", "");
        document.pairs(4, rows);
    }
}

fn words_of_count(detail: &HandshakeDetail) -> String {
    match detail.records_dropped {
        0 => String::new(),
        more => format!("the first {}; {more} more passed", detail.records.len()),
    }
}

fn passed(record: &TlsRecord, look: &Look, document: &mut Document) {
    let (who, meaning) = match record.side {
        TlsSide::Client => ("client", Meaning::Muted),
        TlsSide::Server => ("server", Meaning::Plain),
    };
    let kind = match record.kind {
        TlsRecordKind::ChangeCipherSpec => "change cipher spec",
        TlsRecordKind::Alert => "alert",
        TlsRecordKind::Handshake => "handshake",
        TlsRecordKind::ApplicationData => "encrypted",
        TlsRecordKind::Other => "unknown kind",
    };
    let meaning_of_kind = if record.kind == TlsRecordKind::Alert { Meaning::Warned } else { Meaning::Value };
    let time = words::duration(record.at_us);
    let line = Paragraph::new(4, Meaning::Muted, format!("{time:>9}  "));
    let line = line.and(meaning, format!("{who} {} ", look.glyphs.arrow));
    document.push(line.and(meaning_of_kind, format!("{kind}, ")).and(
        Meaning::Muted,
        match record.length {
            1 => "1 byte".to_owned(),
            length => format!("{length} bytes"),
        },
    ));
}
