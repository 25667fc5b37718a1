//! Evidence in lines: what one stage measured, fact by fact.

use crate::{
    event::{
        AutodiscoverAnswer, Cause, ClientCertificateDemand, DnsAnswer, DnsData, DnsRecord, Evidence, HandshakePurpose,
        HttpExchange, HttpFailure, HttpPurpose, Outcome, Purpose, Stage, TcpConnect, TcpResult, TlsFailure,
        TlsHandshake, View,
    },
    model::{CandidateState, StageState},
    report::protocols,
    tui::{
        app::App,
        document::{Document, Paragraph},
        glyph::Status,
        theme::Meaning,
    },
    words,
};

/// Lines of a body that are shown among the evidence; the raw view shows all.
const BODY_LINES: usize = 12;

/// One stage on one line: `✗ TLS   name   24 ms`.
pub(super) fn summary(app: &App, candidate: &CandidateState, stage: Stage, state: &StageState) -> Paragraph {
    let status = Status::of_stage(state.outcome);
    let sign = app.look.glyphs.status(status, app.ui.turn);
    let sign = crate::tui::measure::pad(sign, if app.look.glyphs.ascii { 5 } else { 2 });
    let calm = status == Status::Failed && super::cells::is_calm(app, candidate);
    let meaning = if calm { Meaning::Muted } else { status.meaning() };
    let hang = crate::tui::measure::width(&sign) + 5;
    let line = Paragraph::new(2, meaning, sign).and(Meaning::Plain, format!("{:<5}", words::stage(stage)));
    let line = line.and(meaning, outcome(state.outcome)).hang(hang);
    let line = match gist(candidate, stage) {
        Some(gist) => line.and(Meaning::Muted, format!("  {gist}")),
        None => line,
    };
    match state.outcome {
        Some(Outcome::Passed | Outcome::Warned { .. } | Outcome::Failed { .. }) => {
            line.and(Meaning::Muted, format!("  {}", words::duration(state.elapsed_us)))
        }
        _ => line,
    }
}

/// How a stage ended, in words.
pub(in crate::tui) fn outcome(outcome: Option<Outcome>) -> String {
    match outcome {
        None => "running".to_owned(),
        Some(Outcome::Passed) => "passed".to_owned(),
        Some(Outcome::Warned { cause }) => format!("warned: {}", spoken(cause)),
        Some(Outcome::Failed { cause }) => format!("failed: {}", spoken(cause)),
        Some(Outcome::Skipped { blocker }) => format!("not run: {}", words::blocker(blocker)),
        Some(Outcome::NotApplicable) => "does not apply here".to_owned(),
    }
}

/// The stage's own evidence.
pub(super) fn document(app: &App, state: &StageState) -> Document {
    let mut document = Document::default();
    for evidence in &state.evidence {
        document.gap();
        match evidence {
            Evidence::Dns(answer) => dns(answer, &mut document),
            Evidence::Tcp(connect) => tcp(app, connect, &mut document),
            Evidence::Tls(handshake) => tls(app, handshake, &mut document),
            Evidence::Http(exchange) => http(exchange, &mut document),
            Evidence::Xml(answer) => xml(answer, &mut document),
            Evidence::Issuer(fetch) => document.text(0, Meaning::Plain, &words::issuer_fetch(fetch)),
            Evidence::Outside(question) => {
                let (what, said) = protocols::outside_row(question);
                document.text(0, Meaning::Plain, &format!("{what}: {said}"));
            }
        }
    }
    document
}

fn spoken(cause: Cause) -> String {
    // The code begins with the stage's name, which stands beside it.
    let code = cause.code();
    code.split_once('_').map_or("", |(_, rest)| rest).replace('_', " ")
}

/// What a stage found out, in a word or two.
pub(in crate::tui) fn gist(candidate: &CandidateState, stage: Stage) -> Option<String> {
    match stage {
        Stage::Dns => {
            let addresses: Vec<String> = candidate
                .dns()
                .filter(|answer| answer.view == View::System && answer.purpose == Purpose::Lookup)
                .flat_map(DnsAnswer::addresses)
                .map(|a| a.to_string())
                .collect();
            (!addresses.is_empty()).then(|| addresses.join(", "))
        }
        Stage::Tls => candidate.handshake().and_then(|handshake| handshake.version.clone()),
        Stage::Http => {
            let exchange = candidate.exchange()?;
            exchange.status.map(|status| format!("{status} {}", exchange.reason).trim_end().to_owned())
        }
        Stage::Xml => candidate.answer().map(|answer| words::answer(answer.kind).to_owned()),
        Stage::Ldap | Stage::Tcp => None,
    }
}

fn dns(answer: &DnsAnswer, document: &mut Document) {
    let question = format!("{} {}", answer.question.name, answer.question.record.as_str());
    document
        .push(Paragraph::new(0, Meaning::Title, question).right(Meaning::Muted, words::duration(answer.elapsed_us)));
    let who = match answer.view {
        View::System => "resolver".to_owned(),
        View::Further { number } => format!("further resolver {number}"),
        View::OperatingSystem => "this PC's own lookup".to_owned(),
        View::Authoritative => "server of the zone".to_owned(),
    };
    let responder = answer.responder.clone().unwrap_or_default();
    let mut rows = vec![("asked".to_owned(), Meaning::Plain, format!("{who} {responder}"))];
    rows.extend(why_asked(answer.purpose).map(|why| fact("why", why)));
    rows.push(fact("answer", words::dns_status(answer.status)));
    rows.extend(answer.records.iter().map(record));
    if answer.dropped > 0 {
        rows.push(fact("", &format!("{} more records were dropped", answer.dropped)));
    }
    if let Some(authority) = &answer.authority {
        let text = format!("zone {} denies it; cached for {} s", authority.zone, authority.negative_ttl);
        rows.push(fact("denied by", &text));
    }
    match &answer.alias_fault {
        Some(crate::event::AliasFault::Dangling { target }) => {
            rows.push(("alias".to_owned(), Meaning::Failed, format!("leads to {target}, which has no address")));
        }
        Some(crate::event::AliasFault::Loop { target }) => {
            rows.push(("alias".to_owned(), Meaning::Failed, format!("comes back to {target}")));
        }
        None => {}
    }
    let flags = [(answer.authoritative, "authoritative"), (answer.over_tcp, "fetched over TCP")];
    let flags: Vec<&str> = flags.into_iter().filter(|(set, _)| *set).map(|(_, word)| word).collect();
    if !flags.is_empty() {
        rows.push(fact("flags", &flags.join(", ")));
    }
    document.pairs(2, rows);
}

fn fact(label: &str, value: &str) -> (String, Meaning, String) {
    (label.to_owned(), Meaning::Plain, value.to_owned())
}

fn record(record: &DnsRecord) -> (String, Meaning, String) {
    let (kind, text) = match &record.data {
        DnsData::A { address } => ("A", address.to_string()),
        DnsData::Aaaa { address } => ("AAAA", address.to_string()),
        DnsData::Cname { target } => ("CNAME", target.clone()),
        DnsData::Mx { preference, exchange } => ("MX", format!("{preference} {exchange}")),
        DnsData::Ns { target } => ("NS", target.clone()),
        DnsData::Srv { priority, weight, port, target } => ("SRV", format!("{priority} {weight} {port} {target}")),
        DnsData::Txt { text } => ("TXT", format!("\"{text}\"")),
        DnsData::Other { mnemonic, text } => (mnemonic.as_str(), text.clone()),
    };
    fact(kind, &format!("{text}   {}   TTL {}", record.name, record.ttl))
}

fn tcp(app: &App, connect: &TcpConnect, document: &mut Document) {
    let status = match connect.result {
        TcpResult::Connected => Status::Passed,
        _ => Status::Failed,
    };
    let sign = app.look.glyphs.status(status, 0);
    let line = Paragraph::new(0, status.meaning(), format!("{sign} "));
    let line = line.and(Meaning::Title, connect.address.to_string());
    let line = line.and(Meaning::Plain, format!("  {}", words::tcp_result(connect.result))).hang(2);
    document.push(line.right(Meaning::Muted, words::duration(connect.elapsed_us)));
}

fn tls(app: &App, handshake: &TlsHandshake, document: &mut Document) {
    let title = match &handshake.server_name {
        Some(name) => format!("{} as {name}", handshake.address),
        None => format!("{} without a server name", handshake.address),
    };
    document
        .push(Paragraph::new(0, Meaning::Title, title).right(Meaning::Muted, words::duration(handshake.elapsed_us)));
    let mut rows = Vec::new();
    rows.extend(why_shaken(handshake.purpose).map(|why| fact("why", why)));
    rows.extend(handshake.library.map(|library| fact("library", library.as_str())));
    let negotiated = [&handshake.version, &handshake.suite, &handshake.group, &handshake.alpn];
    for (label, value) in ["version", "cipher", "group", "ALPN"].into_iter().zip(negotiated) {
        rows.extend(value.as_ref().map(|value| fact(label, value)));
    }
    rows.extend(handshake.version_range().map(|words| fact("accepts", &words)));
    if let Some(leaf) = handshake.leaf() {
        rows.push(fact("certificate", &leaf.subject));
        rows.push(fact("names", &leaf.dns_names().into_iter().take(8).collect::<Vec<_>>().join(", ")));
        rows.push(fact("chain", &format!("{} certificates sent", handshake.chain.len() + handshake.chain_dropped)));
    }
    if let Some(request) = &handshake.client_certificate {
        rows.push(fact("client cert", demand(request.demand)));
    }
    if let Some(failure) = &handshake.failure {
        rows.push(("ended".to_owned(), Meaning::Failed, tls_failure(failure)));
    }
    document.pairs(2, rows);
    if let Some(checks) = &handshake.checks {
        document.append(super::certificate::checks(app, checks));
    }
}

/// Why a handshake was made that the client would not make.
pub(super) fn why_shaken(purpose: HandshakePurpose) -> Option<&'static str> {
    match purpose {
        HandshakePurpose::Probe => None,
        HandshakePurpose::WithoutServerName => Some("to see the default host's certificate"),
        HandshakePurpose::OtherPort => Some("to see whether a mail port has a better certificate"),
        HandshakePurpose::OtherName => Some("to see what unknown names are shown"),
        HandshakePurpose::ClearText => Some("to see in clear what this program cannot speak"),
        HandshakePurpose::OtherLibrary => Some("to see what stands behind old encryption"),
        HandshakePurpose::OtherView => Some("another view names this address"),
        HandshakePurpose::FurtherTarget => Some("to see whether a further SRV target would serve"),
        HandshakePurpose::MailService => Some("to see the certificate of a mail server in the answer"),
    }
}

/// Why a question was asked that the client would not ask.
pub(super) fn why_asked(purpose: Purpose) -> Option<&'static str> {
    match purpose {
        Purpose::Lookup => None,
        Purpose::WildcardCanary => Some("a random name, to unmask a wildcard"),
        Purpose::Surroundings => Some("to tell who hosts mail and zone"),
        Purpose::OwnerSlip => Some("to see whether the SRV record stands at a wrong name"),
        Purpose::DomainControllers => Some("to tell the domain's controllers"),
        Purpose::NamedHost => Some("to look at a host that a record or the settings name"),
    }
}

fn demand(demand: ClientCertificateDemand) -> &'static str {
    match demand {
        ClientCertificateDemand::Required => "required by the server",
        ClientCertificateDemand::Optional => "asked for, and done without",
        ClientCertificateDemand::Undecided => "asked for; whether it is required does not show",
    }
}

fn tls_failure(failure: &TlsFailure) -> String {
    match failure {
        TlsFailure::Alert { name, number } => format!("alert {number} {name} from the server"),
        TlsFailure::NoConnection => "no connection could be made".to_owned(),
        TlsFailure::Closed => "the server closed the connection".to_owned(),
        TlsFailure::Reset => "the connection was reset".to_owned(),
        TlsFailure::TimedOut => "nothing came back in time".to_owned(),
        TlsFailure::NotTls { banner } => format!("the server does not speak TLS: {banner}"),
        TlsFailure::Protocol { detail } => format!("the handshake cannot be read: {detail}"),
    }
}

fn http(exchange: &HttpExchange, document: &mut Document) {
    let title = format!("{} {}", exchange.method, exchange.url);
    document.push(Paragraph::new(0, Meaning::Title, title).right(Meaning::Muted, words::duration(exchange.elapsed_us)));
    let mut rows = vec![fact("to", &exchange.address.to_string())];
    match exchange.purpose {
        HttpPurpose::Probe => {}
        HttpPurpose::OtherPath => rows.push(fact("why", "to see whether another path answers")),
        HttpPurpose::PathSpelling => rows.push(fact("why", "to see whether capitals in the path matter")),
        HttpPurpose::Json => rows.push(fact("why", "to see whether newer clients are answered")),
        HttpPurpose::Soap => rows.push(fact("why", "to see whether the SOAP service is there")),
        HttpPurpose::ActiveSync => rows.push(fact("why", "to see whether phones are answered")),
    }
    rows.extend(exchange.library.map(|library| fact("library", library.as_str())));
    rows.extend(exchange.client_certificate.map(|asked| fact("client cert", demand(asked))));
    if !exchange.verified && exchange.url.starts_with("https") {
        rows.push(("identity".to_owned(), Meaning::Warned, "not verified; asked without credentials".to_owned()));
    }
    if let Some(status) = exchange.status {
        rows.push(fact("status", format!("{status} {}", exchange.reason).trim_end()));
    }
    if let Some(failure) = &exchange.failure {
        rows.push(("ended".to_owned(), Meaning::Failed, http_failure(failure)));
    }
    if !exchange.schemes.is_empty() {
        rows.push(fact("sign-in", &exchange.schemes.join(", ")));
    }
    if exchange.exchange {
        rows.push(("server is".to_owned(), Meaning::Passed, "Exchange, by its headers".to_owned()));
    }
    document.pairs(2, rows);
    headers(exchange, document);
    let Some(body) = exchange.body.as_ref().filter(|body| body.length > 0) else { return };
    let more = if body.truncated { ", and more" } else { "" };
    document.text(2, Meaning::Muted, &format!("body: {} bytes{more}", body.length));
    let lines: Vec<&str> = body.text.lines().take(BODY_LINES).collect();
    document.text(4, Meaning::Plain, &lines.join("\n"));
}

/// The headers as they came, one row each.
pub(super) fn headers(exchange: &HttpExchange, document: &mut Document) {
    let rows = exchange.headers.iter().map(|header| fact(&header.name, &header.value)).collect::<Vec<_>>();
    if !rows.is_empty() {
        document.text(2, Meaning::Muted, "headers");
        document.pairs(4, rows);
    }
}

fn http_failure(failure: &HttpFailure) -> String {
    match failure {
        HttpFailure::ClientCertificateAsked => "the server asked for a client certificate".to_owned(),
        HttpFailure::Closed => "closed before an answer".to_owned(),
        HttpFailure::Reset => "reset before an answer".to_owned(),
        HttpFailure::Alert { name } => format!("TLS alert {name} instead of an answer"),
        HttpFailure::TimedOut => "no answer in time".to_owned(),
        HttpFailure::Malformed { detail } => format!("not HTTP: {detail}"),
    }
}

fn xml(answer: &AutodiscoverAnswer, document: &mut Document) {
    document.heading(format!("The body holds {}", words::answer(answer.kind)));
    let mut rows = Vec::new();
    let known = [
        ("namespace", &answer.namespace),
        ("user", &answer.display_name),
        ("address", &answer.address),
        ("redirect", &answer.redirect),
        ("problem", &answer.problem),
    ];
    rows.extend(known.into_iter().filter_map(|(label, value)| value.as_ref().map(|value| fact(label, value))));
    if let Some(error) = &answer.error {
        rows.push(("error".to_owned(), Meaning::Warned, format!("{} {}", error.code, error.message)));
        let server = format!("id {} time {}", error.id, error.time);
        rows.push(fact("server", &server));
    }
    document.pairs(2, rows);
    for protocol in &answer.protocols {
        document.gap();
        document.text(2, Meaning::Title, &format!("Protocol {}", protocol.kind));
        let known = [
            ("server", &protocol.server),
            ("port", &protocol.port),
            ("principal", &protocol.cert_principal_name),
            ("sign-in", &protocol.auth_package),
        ];
        let known = known.into_iter().filter_map(|(label, value)| value.as_ref().map(|value| fact(label, value)));
        document.pairs(4, known.chain(protocol.urls.iter().map(|url| fact(&url.element, &url.url))).collect());
    }
}
