//! Evidence in lines: what one stage measured, fact by fact.

mod directory;

use super::sign_in;
use crate::{
    event::{
        AutodiscoverAnswer, ClientCertificateDemand, DnsAnswer, DnsRecord, Evidence, HandshakePurpose, HttpExchange,
        HttpFailure, HttpPurpose, Outcome, Purpose, Stage, TcpConnect, TcpResult, TlsFailure, TlsHandshake, View,
    },
    model::{CandidateState, StageState},
    report::protocols,
    tui::{
        app::App,
        document::{Document, Paragraph},
        glyph::Status,
        theme::Meaning,
    },
    walk, words,
};

/// Lines of a body that are shown among the evidence; the raw view shows all.
const BODY_LINES: usize = 12;

/// One stage on one line: `✗ TLS   name   24 ms`.
pub(super) fn summary(app: &App, candidate: &CandidateState, stage: Stage, state: &StageState) -> Paragraph {
    let ended = walk::outcome(&app.model, candidate, stage);
    let status = Status::of_stage(ended);
    let sign = app.look.glyphs.status(status, app.ui.turn);
    let sign = crate::tui::measure::pad(sign, if app.look.glyphs.ascii { 5 } else { 2 });
    let calm = status == Status::Failed && super::cells::is_calm(app, candidate);
    let meaning = if calm { Meaning::Muted } else { status.meaning() };
    let hang = crate::tui::measure::width(&sign) + 5;
    let line = Paragraph::new(2, meaning, sign).and(Meaning::Plain, format!("{:<5}", words::stage(stage)));
    let line = line.and(meaning, outcome(ended)).hang(hang);
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

/// What Active Directory has to do with a candidate: where it comes from, or who was asked and what came of it.
pub(super) fn directory(candidate: &CandidateState, document: &mut Document) {
    if let Some(point) = &candidate.candidate.point {
        document.text(2, Meaning::Plain, &say!("From {point}", point = words::directory::point(point)));
    }
    for answer in candidate.directories() {
        let result = words::directory::directory(answer);
        document.text(2, Meaning::Plain, &format!("{}: {result}", answer.source));
        if let Some(sign_in) = &answer.sign_in {
            document.text(4, Meaning::Plain, &words::directory::sign_in(sign_in));
        }
    }
}

/// How a stage ended, in words.
pub(in crate::tui) fn outcome(outcome: Option<Outcome>) -> String {
    match outcome {
        None => say!("running").to_owned(),
        Some(Outcome::Passed) => say!("passed").to_owned(),
        Some(Outcome::Warned { cause }) => say!("warned: {cause}", cause = words::cause_in_full(cause)),
        Some(Outcome::Failed { cause }) => say!("failed: {cause}", cause = words::cause_in_full(cause)),
        Some(Outcome::Skipped { blocker }) => say!("not run: {blocker}", blocker = words::blocker(blocker)),
        Some(Outcome::NotApplicable) => say!("does not apply here").to_owned(),
    }
}

/// The stage's own evidence.
pub(super) fn document(app: &App, state: &StageState) -> Document {
    let mut document = Document::default();
    for evidence in &state.evidence {
        document.gap();
        show(app, evidence, &mut document);
    }
    document
}

/// One piece of evidence, fact by fact.
pub(super) fn show(app: &App, evidence: &Evidence, document: &mut Document) {
    match evidence {
        Evidence::Dns(answer) => dns(answer, document),
        Evidence::Tcp(connect) => tcp(app, connect, document),
        Evidence::Tls(handshake) => tls(app, handshake, document),
        Evidence::Http(exchange) => http(exchange, document),
        Evidence::Xml(answer) => xml(answer, document),
        Evidence::Directory(answer) => directory::show(answer, document),
        Evidence::Issuer(fetch) => document.text(0, Meaning::Plain, &words::issuer_fetch(fetch)),
        Evidence::SignIn(attempt) => sign_in::attempt(attempt, document),
        Evidence::Ntlm(told) => sign_in::told(told, document),
        Evidence::Outside(question) => {
            let (what, said) = protocols::outside_row(question);
            document.text(0, Meaning::Plain, &format!("{what}: {said}"));
        }
    }
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
        Stage::Ldap => candidate.directories().last().map(words::directory::directory),
        Stage::Tcp => None,
    }
}

fn dns(answer: &DnsAnswer, document: &mut Document) {
    let question = format!("{} {}", answer.question.name, answer.question.record.as_str());
    document
        .push(Paragraph::new(0, Meaning::Title, question).right(Meaning::Muted, words::duration(answer.elapsed_us)));
    let who = match answer.view {
        View::System => say!("resolver").to_owned(),
        View::Further { number } => say!("further resolver {number}", number),
        View::OperatingSystem => say!("this PC's own lookup").to_owned(),
        View::Authoritative => say!("server of the zone").to_owned(),
    };
    let responder = answer.responder.clone().unwrap_or_default();
    let mut rows = vec![(say!("asked").to_owned(), Meaning::Plain, format!("{who} {responder}"))];
    rows.extend(why_asked(answer.purpose).map(|why| fact(say!("why"), why)));
    rows.push(fact(say!("answer"), words::dns_status(answer.status)));
    rows.extend(answer.records.iter().map(record));
    if answer.dropped > 0 {
        rows.push(fact("", &say!("{count} more records were dropped", count = answer.dropped)));
    }
    if let Some(authority) = &answer.authority {
        let text = say!(
            "zone {zone} denies it; cached for {seconds} s",
            zone = authority.zone,
            seconds = authority.negative_ttl
        );
        rows.push(fact(say!("denied by"), &text));
    }
    match &answer.alias_fault {
        Some(crate::event::AliasFault::Dangling { target }) => {
            rows.push((
                say!("alias").to_owned(),
                Meaning::Failed,
                say!("leads to {target}, which has no address", target),
            ));
        }
        Some(crate::event::AliasFault::Loop { target }) => {
            rows.push((say!("alias").to_owned(), Meaning::Failed, say!("comes back to {target}", target)));
        }
        None => {}
    }
    let flags = [(answer.authoritative, say!("authoritative")), (answer.over_tcp, say!("fetched over TCP"))];
    let flags: Vec<&str> = flags.into_iter().filter(|(set, _)| *set).map(|(_, word)| word).collect();
    if !flags.is_empty() {
        rows.push(fact(say!("flags"), &flags.join(", ")));
    }
    document.pairs(2, rows);
}

fn fact(label: &str, value: &str) -> (String, Meaning, String) {
    (label.to_owned(), Meaning::Plain, value.to_owned())
}

fn record(record: &DnsRecord) -> (String, Meaning, String) {
    let (kind, text) = record.data.in_zone_file();
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
        Some(name) => say!("{address} as {name}", address = handshake.address, name),
        None => say!("{address} without a server name", address = handshake.address),
    };
    document
        .push(Paragraph::new(0, Meaning::Title, title).right(Meaning::Muted, words::duration(handshake.elapsed_us)));
    let mut rows = Vec::new();
    rows.extend(why_shaken(handshake.purpose).map(|why| fact(say!("why"), why)));
    rows.extend(handshake.library.map(|library| fact(say!("library"), library.as_str())));
    let negotiated = [&handshake.version, &handshake.suite, &handshake.group, &handshake.alpn];
    for (label, value) in [say!("version"), say!("cipher"), say!("group"), "ALPN"].into_iter().zip(negotiated) {
        rows.extend(value.as_ref().map(|value| fact(label, value)));
    }
    rows.extend(handshake.version_range().map(|words| fact(say!("accepts"), &words)));
    if let Some(leaf) = handshake.leaf() {
        rows.push(fact(say!("certificate"), &leaf.subject));
        rows.push(fact(say!("names"), &leaf.dns_names().into_iter().take(8).collect::<Vec<_>>().join(", ")));
        rows.push(fact(
            say!("chain"),
            &say!("{sent} certificates sent", sent = handshake.chain.len() + handshake.chain_dropped),
        ));
    }
    if let Some(request) = &handshake.client_certificate {
        rows.push(fact(say!("client cert"), demand(request.demand)));
    }
    if let Some(failure) = &handshake.failure {
        rows.push((say!("ended").to_owned(), Meaning::Failed, tls_failure(failure)));
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
        HandshakePurpose::WithoutServerName => Some(say!("to see the default host's certificate")),
        HandshakePurpose::OtherPort => Some(say!("to see whether a mail port has a better certificate")),
        HandshakePurpose::OtherName => Some(say!("to see what unknown names are shown")),
        HandshakePurpose::ClearText => Some(say!("to see in clear what this program cannot speak")),
        HandshakePurpose::OtherLibrary => Some(say!("to see what stands behind old encryption")),
        HandshakePurpose::Directory => Some(say!("to see whether a password may be sent")),
        HandshakePurpose::OtherView => Some(say!("another view names this address")),
        HandshakePurpose::FurtherTarget => Some(say!("to see whether a further SRV target would serve")),
        HandshakePurpose::MailService => Some(say!("to see the certificate of a mail server in the answer")),
    }
}

/// Why a question was asked that the client would not ask.
pub(super) fn why_asked(purpose: Purpose) -> Option<&'static str> {
    match purpose {
        Purpose::Lookup => None,
        Purpose::WildcardCanary => Some(say!("a random name, to unmask a wildcard")),
        Purpose::Surroundings => Some(say!("to tell who hosts mail and zone")),
        Purpose::OwnerSlip => Some(say!("to see whether the SRV record stands at a wrong name")),
        Purpose::DomainControllers => Some(say!("to tell the domain's controllers")),
        Purpose::NamedHost => Some(say!("to look at a host that a record or the settings name")),
    }
}

fn demand(demand: ClientCertificateDemand) -> &'static str {
    match demand {
        ClientCertificateDemand::Required => say!("required by the server"),
        ClientCertificateDemand::Optional => say!("asked for, and done without"),
        ClientCertificateDemand::Undecided => say!("asked for; whether it is required does not show"),
    }
}

fn tls_failure(failure: &TlsFailure) -> String {
    match failure {
        TlsFailure::Alert { name, number } => say!("alert {number} {name} from the server", number, name),
        TlsFailure::NoConnection => say!("no connection could be made").to_owned(),
        TlsFailure::Closed => say!("the server closed the connection").to_owned(),
        TlsFailure::Reset => say!("the connection was reset").to_owned(),
        TlsFailure::TimedOut => say!("nothing came back in time").to_owned(),
        TlsFailure::NotTls { banner } => say!("the server does not speak TLS: {banner}", banner),
        TlsFailure::Protocol { detail } => say!("the handshake cannot be read: {detail}", detail),
    }
}

fn http(exchange: &HttpExchange, document: &mut Document) {
    let title = format!("{} {}", exchange.method, exchange.url);
    document.push(Paragraph::new(0, Meaning::Title, title).right(Meaning::Muted, words::duration(exchange.elapsed_us)));
    let mut rows = vec![fact(say!("to"), &exchange.address.to_string())];
    match exchange.purpose {
        HttpPurpose::Probe => {}
        HttpPurpose::OtherPath => rows.push(fact(say!("why"), say!("to see whether another path answers"))),
        HttpPurpose::PathSpelling => rows.push(fact(say!("why"), say!("to see whether capitals in the path matter"))),
        HttpPurpose::Json => rows.push(fact(say!("why"), say!("to see whether newer clients are answered"))),
        HttpPurpose::SignedIn => rows.push(fact(say!("why"), say!("the client's request, with credentials"))),
        HttpPurpose::FurtherService => rows.push(fact(say!("why"), say!("another service of the same host"))),
        HttpPurpose::SignedInGet => {
            rows.push(fact(say!("why"), say!("to see what a browser is shown after signing in")))
        }
        HttpPurpose::Soap => rows.push(fact(say!("why"), say!("to see whether the SOAP service is there"))),
        HttpPurpose::ActiveSync => rows.push(fact(say!("why"), say!("to see whether phones are answered"))),
    }
    rows.extend(exchange.library.map(|library| fact(say!("library"), library.as_str())));
    rows.extend(exchange.client_certificate.map(|asked| fact(say!("client cert"), demand(asked))));
    if !exchange.verified && exchange.url.starts_with("https") {
        rows.push((
            say!("identity").to_owned(),
            Meaning::Warned,
            say!("not verified; asked without credentials").to_owned(),
        ));
    }
    if let Some(status) = exchange.status {
        rows.push(fact(say!("status"), format!("{status} {}", exchange.reason).trim_end()));
    }
    if let Some(failure) = &exchange.failure {
        rows.push((say!("ended").to_owned(), Meaning::Failed, http_failure(failure)));
    }
    if !exchange.schemes.is_empty() {
        rows.push(fact(say!("sign-in"), &exchange.schemes.join(", ")));
    }
    if exchange.exchange {
        rows.push((say!("server is").to_owned(), Meaning::Passed, say!("Exchange, by its headers").to_owned()));
    }
    document.pairs(2, rows);
    headers(exchange, document);
    let Some(body) = exchange.body.as_ref().filter(|body| body.length > 0) else { return };
    let more = if body.truncated { say!(", and more") } else { "" };
    document.text(2, Meaning::Muted, &say!("body: {length} bytes{more}", length = body.length, more));
    let lines: Vec<&str> = body.text.lines().take(BODY_LINES).collect();
    document.text(4, Meaning::Plain, &lines.join("\n"));
}

/// The headers as they came, one row each.
pub(super) fn headers(exchange: &HttpExchange, document: &mut Document) {
    let rows = exchange.headers.iter().map(|header| fact(&header.name, &header.value)).collect::<Vec<_>>();
    if !rows.is_empty() {
        document.text(2, Meaning::Muted, say!("headers"));
        document.pairs(4, rows);
    }
}

fn http_failure(failure: &HttpFailure) -> String {
    match failure {
        HttpFailure::ClientCertificateAsked => say!("the server asked for a client certificate").to_owned(),
        HttpFailure::Closed => say!("closed before an answer").to_owned(),
        HttpFailure::Reset => say!("reset before an answer").to_owned(),
        HttpFailure::Alert { name } => say!("TLS alert {name} instead of an answer", name),
        HttpFailure::TimedOut => say!("no answer in time").to_owned(),
        HttpFailure::Malformed { detail } => say!("not HTTP: {detail}", detail),
    }
}

fn xml(answer: &AutodiscoverAnswer, document: &mut Document) {
    document.heading(say!("The body holds {answer}", answer = words::answer(answer.kind)));
    let mut rows = Vec::new();
    let known = [
        (say!("namespace"), &answer.namespace),
        (say!("user"), &answer.display_name),
        (say!("address"), &answer.address),
        (say!("redirect"), &answer.redirect),
        (say!("problem"), &answer.problem),
    ];
    rows.extend(known.into_iter().filter_map(|(label, value)| value.as_ref().map(|value| fact(label, value))));
    if let Some(error) = &answer.error {
        rows.push((say!("error").to_owned(), Meaning::Warned, format!("{} {}", error.code, error.message)));
        let server = say!("id {id} time {time}", id = error.id, time = error.time);
        rows.push(fact(say!("server"), &server));
    }
    document.pairs(2, rows);
    for protocol in &answer.protocols {
        document.gap();
        document.text(2, Meaning::Title, &say!("Protocol {kind}", kind = protocol.kind));
        let known = [
            (say!("server"), &protocol.server),
            (say!("port"), &protocol.port),
            (say!("principal"), &protocol.cert_principal_name),
            (say!("sign-in"), &protocol.auth_package),
            (say!("lasts"), &protocol.ttl.as_deref().map(words::time_to_live)),
            (say!("version"), &protocol.server_version.as_deref().map(words::server_version)),
        ];
        let known = known.into_iter().filter_map(|(label, value)| value.as_ref().map(|value| fact(label, value)));
        document.pairs(4, known.chain(protocol.urls.iter().map(|url| fact(&url.element, &url.url))).collect());
    }
}
