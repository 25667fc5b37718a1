//! A message of DNS decoded: header, question, every record of the three sections, EDNS.

use super::{super::evidence::why_asked, fact, part};
use crate::{
    event::{DnsAnswer, DnsFlag, DnsMessage, DnsRecord, View},
    tui::{
        document::{Document, Paragraph},
        measure,
        theme::Meaning,
    },
    words,
};

/// Widest column of names; longer ones push the rest aside.
const NAME: usize = 44;

/// A question with all messages that came.
pub(super) fn answer(answer: &DnsAnswer, document: &mut Document) {
    let question = format!("{} {}", answer.question.name, answer.question.record.as_str());
    let title = Paragraph::new(0, Meaning::Title, question);
    document.push(title.right(Meaning::Muted, words::duration(answer.elapsed_us)));
    if let Some(why) = why_asked(answer.purpose) {
        document.text(2, Meaning::Muted, why);
    }
    let mut records = answer.records.iter();
    if answer.messages.is_empty() {
        let who = match (&answer.responder, answer.view) {
            (Some(server), _) => server.clone(),
            (None, View::OperatingSystem) => say!("this PC's own lookup, which shows no message").to_owned(),
            (None, _) => say!("nobody answered").to_owned(),
        };
        document.pairs(2, vec![fact(say!("asked"), who), fact(say!("came back"), words::dns_status(answer.status))]);
    }
    for (number, message) in answer.messages.iter().enumerate() {
        if number > 0 {
            document.gap();
        }
        header(answer, message, document);
        part(document, say!("Question"), "");
        document.push(
            Paragraph::new(4, Meaning::Plain, format!("{}  IN  ", message.name))
                .and(Meaning::Attribute, answer.question.record.as_str()),
        );
        let own: Vec<&DnsRecord> = records.by_ref().take(message.answers).collect();
        section(say!("Answer"), &own, document);
        section(say!("Authority"), &message.authority.iter().collect::<Vec<_>>(), document);
        section(say!("Additional"), &message.additional.iter().collect::<Vec<_>>(), document);
        if message.dropped > 0 {
            document.text(4, Meaning::Warned, &say!("{count} more records were not kept", count = message.dropped));
        }
    }
    let further: Vec<&DnsRecord> = records.collect();
    if !further.is_empty() {
        let name = if answer.messages.is_empty() {
            say!("Answer")
        } else {
            say!("Found by asking for the aliases one by one")
        };
        section(name, &further, document);
    }
    if answer.dropped > 0 {
        document.text(
            4,
            Meaning::Warned,
            &say!("{count} more records of the answer were not kept", count = answer.dropped),
        );
    }
}

fn header(answer: &DnsAnswer, message: &DnsMessage, document: &mut Document) {
    let over = if message.over_tcp { say!("TCP, because the answer over UDP was truncated") } else { "UDP" };
    let whose = match answer.view {
        View::System => say!("the resolver").to_owned(),
        View::Further { number } => say!("further resolver {number}", number),
        View::OperatingSystem => say!("this PC's own lookup").to_owned(),
        View::Authoritative => say!("a server of the zone").to_owned(),
    };
    let flags = std::iter::once(say!("response (QR)")).chain(message.flags.iter().map(|flag| words_of(*flag)));
    let extension = match &message.edns {
        None => say!("none sent").to_owned(),
        Some(edns) => {
            let options: Vec<String> = edns.options.iter().map(|code| option(*code)).collect();
            let signed = if edns.dnssec_ok { say!(", DNSSEC wanted (DO)") } else { "" };
            let options = if options.is_empty() { String::new() } else { format!(", {}", options.join(", ")) };
            say!(
                "version {version}, takes {payload} bytes{signed}{options}",
                version = edns.version,
                payload = edns.payload,
                signed,
                options
            )
        }
    };
    let code = match message.code.as_str() {
        "NOERROR" => Meaning::Passed,
        "NXDOMAIN" => Meaning::Warned,
        _ => Meaning::Failed,
    };
    let rows = vec![
        fact(say!("from"), say!("{server} over {over} ({whose})", server = message.server, over, whose)),
        (say!("rcode").to_owned(), code, format!("{} ({})", message.code, meaning_of(&message.code))),
        fact(say!("flags"), flags.collect::<Vec<_>>().join(", ")),
        fact("EDNS", extension),
        fact(say!("size"), say!("{length} bytes", length = message.length)),
    ];
    document.pairs(2, rows);
}

fn section(name: &str, records: &[&DnsRecord], document: &mut Document) {
    let count = match records.len() {
        0 => say!("empty").to_owned(),
        1 => say!("1 record").to_owned(),
        count => say!("{count} records", count),
    };
    part(document, name, &count);
    let column = records.iter().map(|record| measure::width(&record.name)).max().unwrap_or(0).min(NAME);
    let ttl = records.iter().map(|record| record.ttl.to_string().len()).max().unwrap_or(0);
    for record in records {
        let (kind, data) = record.data.in_zone_file();
        let line = Paragraph::new(4, Meaning::Plain, measure::pad(&record.name, column));
        let line = line.and(Meaning::Muted, format!("  {:>ttl$}  IN  ", record.ttl));
        document
            .push(line.and(Meaning::Attribute, format!("{kind:<5}")).and(Meaning::Value, format!(" {data}")).hang(4));
    }
}

fn words_of(flag: DnsFlag) -> &'static str {
    match flag {
        DnsFlag::Authoritative => say!("holds the zone (AA)"),
        DnsFlag::Truncated => say!("did not fit (TC)"),
        DnsFlag::RecursionDesired => say!("asked to look further (RD)"),
        DnsFlag::RecursionAvailable => say!("looks further (RA)"),
        DnsFlag::AuthenticData => say!("signatures checked (AD)"),
        DnsFlag::CheckingDisabled => say!("signatures not to be checked (CD)"),
    }
}

fn meaning_of(code: &str) -> &'static str {
    match code {
        "NOERROR" => say!("no error"),
        "FORMERR" => say!("the server cannot read the question"),
        "SERVFAIL" => say!("the server could not finish"),
        "NXDOMAIN" => say!("the name does not exist"),
        "NOTIMP" => say!("the server does not know this kind of question"),
        "REFUSED" => say!("the server refuses to answer"),
        "BADVERS" => say!("the server does not know this version of EDNS"),
        _ => say!("another code"),
    }
}

/// Name of an option (IANA "DNS EDNS0 Option Codes").
fn option(code: u16) -> String {
    match code {
        3 => say!("name server's id (NSID)").to_owned(),
        8 => say!("client's subnet").to_owned(),
        10 => say!("cookie").to_owned(),
        11 => say!("keepalive").to_owned(),
        12 => say!("padding").to_owned(),
        15 => say!("extended error").to_owned(),
        other => say!("option {other}", other),
    }
}
