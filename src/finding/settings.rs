//! Rules about settings that were handed out: what is missing in them, and what does not fit together.

use super::{
    Certainty, Finding,
    case::{self, Case},
    draft::Draft,
    values,
};
use crate::{
    event::{AnswerKind, AnswerProtocol, AutodiscoverAnswer, Cause, Certificate, ClientFamily, Stage, TlsHandshake},
    model::CandidateState,
};

/// Answers with settings for Exchange, with the candidates that gave them.
fn answers<'a>(case: &Case<'a>) -> impl Iterator<Item = (&'a CandidateState, &'a AutodiscoverAnswer)> {
    let states = case.concerned().into_iter();
    states.filter_map(|state| Some((state, state.answer().filter(|answer| answer.kind == AnswerKind::Settings)?)))
}

/// Services that Outlook looks for by a URL in the settings ([MS-OXDSCLI] 2.2.4.1.1.2): what people miss without it, and
/// the elements that may hold it.
const SERVICES: [(&str, &[&str]); 2] = [
    (said!("Out of Office, free/busy times and tips"), &["ASUrl", "EwsUrl", "OOFUrl"]),
    (said!("the offline address book"), &["OABUrl"]),
];

/// The settings lack a service's URL, altogether or for clients outside.
pub(super) fn urls_missing(case: &Case) -> Vec<Finding> {
    let found = answers(case).filter_map(|(state, answer)| {
        let of = |wanted: &dyn Fn(&AnswerProtocol) -> bool| -> Vec<&str> {
            let blocks = answer.protocols.iter().filter(|protocol| wanted(protocol));
            blocks.flat_map(|protocol| &protocol.urls).map(|url| url.element.as_str()).collect()
        };
        let anywhere = of(&|_| true);
        let outside = of(&|protocol| !protocol.kind.eq_ignore_ascii_case("EXCH"));
        let has_outside = answer.protocols.iter().any(|protocol| protocol.kind.eq_ignore_ascii_case("EXPR"));
        let lacks = |elements: &[&str], given: &[&str]| !elements.iter().any(|element| given.contains(element));
        let absent: Vec<&str> = SERVICES
            .iter()
            .filter(|(_, elements)| lacks(elements, &anywhere))
            .map(|(words, _)| crate::language::say(words))
            .collect();
        let inside_only: Vec<&str> = SERVICES
            .iter()
            .filter(|(_, elements)| has_outside && !lacks(elements, &anywhere) && lacks(elements, &outside))
            .map(|(words, _)| crate::language::say(words))
            .collect();
        let (words, whom, certainty) = match (absent.is_empty(), inside_only.is_empty()) {
            (false, _) => (absent, say!("to nobody"), Certainty::Proven),
            (true, false) => (inside_only, say!("to clients inside only"), Certainty::Likely),
            (true, true) => return None,
        };
        let mut draft = Draft::new(case, "urls-missing-in-answer", certainty, Some(state)).stage(Stage::Xml);
        for protocol in &answer.protocols {
            let elements: Vec<&str> = protocol.urls.iter().map(|url| url.element.as_str()).collect();
            let words = if elements.is_empty() { say!("no URL").to_owned() } else { elements.join(", ") };
            draft = draft.fact(say!("block {kind}", kind = protocol.kind), words);
        }
        draft.value("services", words.join(say!(" and "))).value("whom", whom).finish()
    });
    found.collect()
}

/// The principal name that the settings ask for is not the one on the certificate (KB923575). Only Outlook Anywhere
/// compares it.
pub(super) fn principal_name(case: &Case) -> Vec<Finding> {
    let found = answers(case).filter_map(|(state, answer)| {
        answer.protocols.iter().find_map(|protocol| {
            let wanted = protocol.cert_principal_name.as_deref()?;
            let name = wanted.get(..6).filter(|prefix| prefix.eq_ignore_ascii_case("msstd:")).and(wanted.get(6..))?;
            let server = protocol.server.as_deref()?;
            let is_server = |other: &&CandidateState| other.host().eq_ignore_ascii_case(server);
            let shown = case.model.candidates.iter().filter(is_server).find_map(CandidateState::handshake)?;
            let leaf = shown.leaf()?;
            if leaf.common_names.is_empty() || leaf.common_names.iter().any(|common| common.eq_ignore_ascii_case(name))
            {
                return None;
            }
            let common = leaf.common_names.join(", ");
            Draft::new(case, "certprincipalname-mismatch", Certainty::Likely, Some(state))
                .stage(Stage::Xml)
                .fact(say!("{kind} asks for", kind = protocol.kind), wanted)
                .fact(say!("certificate of {server}", server), common.clone())
                .value("principal", wanted)
                .value("common_name", first_name(leaf))
                .value("server", server)
                .value("subject_name", common)
                .finish()
        })
    });
    found.collect()
}

/// The first common name, wildcard or host; a gap when it is anything else.
fn first_name(leaf: &Certificate) -> String {
    let name = leaf.common_names.first().map_or("", String::as_str);
    let host = name.strip_prefix("*.").unwrap_or(name);
    if case::is_host_name(host) { name.to_owned() } else { values::host_name(host) }
}

/// The settings belong to a mailbox of another organisation than their server (KB2387770).
pub(super) fn cross_forest(case: &Case) -> Vec<Finding> {
    let found = answers(case).filter_map(|(state, answer)| {
        let address = answer.address.as_deref()?;
        let domain = address.rsplit_once('@')?.1.to_ascii_lowercase();
        // Exchange 2013 and later name the mailbox as `<guid>@<domain>` where a server's name stood before.
        let servers = answer.protocols.iter().filter_map(|protocol| protocol.server.as_deref()?.rsplit_once('@'));
        let of_server = servers.map(|(_, domain)| domain.to_ascii_lowercase()).find(|other| *other != domain)?;
        Draft::new(case, "cross-forest-remnant", Certainty::Possible, Some(state))
            .stage(Stage::Xml)
            .fact(say!("address in the settings"), address)
            .fact(say!("domain of the server"), of_server.clone())
            .value("settings_address", address)
            .value("proxy_address", values::in_quotes(Some(address.to_owned()), "smtp:", "address of the user"))
            .value("server_domain", of_server)
            .finish()
    });
    found.collect()
}

/// Settings for IMAP, and nothing that speaks for Exchange: right for this provider, and of no use to newer clients,
/// which ask Microsoft's own service instead.
pub(super) fn imap_ignored(case: &Case) -> Vec<Finding> {
    let newer = case.walk.client == ClientFamily::Outlook365;
    let states = case.failed_with(Stage::Xml, &[Cause::XmlImapOnly]);
    // Settings that name the wrong servers are not to be typed by hand either.
    let states = states.into_iter().filter(|state| !state.mail_handshakes().any(is_for_another_name));
    let found = states.filter(|_| newer && !case.expects_exchange()).filter_map(|state| {
        let answer = state.answer()?;
        let mut draft = Draft::new(case, "imap-xml-correct-but-outlook-new-ignores", Certainty::Likely, Some(state))
            .stage(Stage::Xml);
        let mut lines = Vec::new();
        for protocol in &answer.protocols {
            let server = protocol.server.as_deref().unwrap_or(say!("<server>"));
            let port = protocol.port.as_deref().unwrap_or(say!("<port>"));
            draft = draft.fact(protocol.kind.clone(), say!("{server} port {port}", server, port));
            lines.push(say!("{kind}: server {server}, port {port}", kind = protocol.kind, server, port));
        }
        draft.value("sheet", lines.join("\n")).finish()
    });
    found.collect()
}

/// Whether a certificate was shown that does not list the server's name.
fn is_for_another_name(handshake: &TlsHandshake) -> bool {
    handshake.checks.as_ref().is_some_and(|checks| !checks.name_matches.ok)
}

/// The mail servers that an answer names show certificates for other names. Where Exchange is meant the answer is wrong as
/// a whole.
pub(super) fn wrong_mail_hosts(case: &Case) -> Vec<Finding> {
    let states = case.failed_with(Stage::Xml, &[Cause::XmlImapOnly]);
    let found = states.into_iter().filter(|_| !case.expects_exchange()).filter_map(|state| {
        let mut lines = Vec::new();
        let mut draft = Draft::new(case, "wrong-hostname-for-extra-domain", Certainty::Proven, Some(state));
        draft = draft.stage(Stage::Xml);
        let is_public = |name: &str| case::is_host_name(name) && !case::is_internal(name);
        let mut better = None;
        for handshake in state.mail_handshakes().filter(|handshake| is_for_another_name(handshake)) {
            let (Some(leaf), Some(asked)) = (handshake.leaf(), handshake.server_name.as_deref()) else { continue };
            let place = say!("{server} port {port}", server = asked, port = handshake.address.port());
            let line = say!("{place}: its certificate lists {names}", place, names = values::names(leaf));
            draft = draft.fact(place, values::names(leaf));
            if !lines.contains(&line) {
                lines.push(line);
            }
            better = better.or_else(|| case::all_names(leaf).into_iter().find(|name| is_public(name)));
        }
        if lines.is_empty() {
            return None;
        }
        let better = better.unwrap_or_else(|| values::gap(say!("a name on the certificate")));
        draft.value("mail_names", lines.join("\n")).value("better_name", better).finish()
    });
    found.collect()
}
