//! Rules about what stands between the client and the mail server: content networks, sign-in pages of a network.

use super::{
    Certainty, Finding, Severity,
    case::{self, Case},
    draft::{Draft, once_per_title},
    http, values,
};
use crate::{
    event::{CandidateId, Certificate, HttpExchange, Origin, Stage},
    model::CandidateState,
    walk::Role,
};
use std::{collections::BTreeSet, net::IpAddr};

/// Content delivery networks, which a name is put behind by a switch of its DNS host, by what their edge adds to every
/// answer, or puts on its certificates.
const NETWORKS: [(&str, Mark); 7] = [
    ("Cloudflare", Mark::Header("cf-ray")),
    ("Cloudflare", Mark::Server("cloudflare")),
    ("Cloudflare", Mark::Name("cloudflaressl.com")),
    ("Amazon CloudFront", Mark::Header("x-amz-cf-id")),
    ("Amazon CloudFront", Mark::Name("cloudfront.net")),
    ("Akamai", Mark::Server("akamaighost")),
    ("Fastly", Mark::Header("x-fastly-request-id")),
];

#[derive(Clone, Copy)]
enum Mark {
    /// A header of this name.
    Header(&'static str),
    /// `Server` begins with this word.
    Server(&'static str),
    /// The certificate names a host of this zone.
    Name(&'static str),
}

/// The content network that answers in a mail server's place, and its mark. A website may well stand behind one; and one
/// that only refuses the question, under the server's own certificate, does so as a firewall.
pub(super) fn content_network(state: &CandidateState) -> Option<(&'static str, String)> {
    if matches!(state.candidate.origin, Origin::Root | Origin::Office365) {
        return None;
    }
    let leaf = state.handshake().and_then(|handshake| handshake.leaf());
    let is_firewall = case::holds(state) && state.exchange().is_some_and(is_refusal_of_firewall);
    let marks = NETWORKS.iter().filter(|(_, mark)| !is_firewall || matches!(mark, Mark::Name(_)));
    marks.into_iter().find_map(|(network, mark)| Some((*network, mark.seen(state.exchange(), leaf)?)))
}

/// Cloudflare's error 1014 has the same status: an alias that may not be proxied, such as Microsoft's.
fn is_refusal_of_firewall(exchange: &HttpExchange) -> bool {
    let body = exchange.body.as_ref().map_or("", |body| body.text.as_str()).to_ascii_lowercase();
    http::is_refused(exchange) && !body.contains("error code: 1014") && !body.contains("error 1014")
}

impl Mark {
    fn seen(self, exchange: Option<&HttpExchange>, leaf: Option<&Certificate>) -> Option<String> {
        match self {
            Self::Header(name) => exchange?.header(name).map(|value| format!("{name}: {value}")),
            Self::Server(word) => {
                let server = exchange?.header("server")?;
                server.to_ascii_lowercase().starts_with(word).then(|| format!("server: {server}"))
            }
            Self::Name(zone) => case::all_names(leaf?)
                .into_iter()
                .find(|name| case::is_under(name, zone))
                .map(|name| say!("certificate for {name}", name)),
        }
    }
}

/// A content network stands in front of the mail service and does not pass it on. Where Exchange answers through it,
/// sign-in by NTLM may still fail, since it belongs to one connection and the network shares connections.
pub(super) fn proxied(case: &Case) -> Vec<Finding> {
    let found = case.concerned().into_iter().filter_map(|state| {
        let (network, mark) = content_network(state)?;
        let through = case.is_exchange(state);
        let decides = case.role(state) == Some(Role::Decides);
        let certainty = match (through, decides) {
            (false, false) => Certainty::Proven,
            (false, true) => Certainty::Likely,
            (true, _) => Certainty::Possible,
        };
        let draft = Draft::new(case, "proxied-by-cdn", certainty, Some(state)).stage(Stage::Http).dns_facts(state);
        let draft = match state.exchange() {
            Some(exchange) => draft.http_facts(exchange),
            None => draft,
        };
        let status = state.exchange().and_then(|exchange| exchange.status);
        let origin = status.map(origin_note).unwrap_or_default();
        let draft = draft.fact(say!("mark"), mark.clone()).value("network", network).value("marks", mark);
        draft.value("origin_note", origin).finish()
    });
    once_per_title(found)
}

/// What a content network's own status says about the server behind it (Cloudflare: Error 521 to 526).
fn origin_note(status: u16) -> &'static str {
    match status {
        521..=523 => "This status is the network's own: it does not reach the mail server behind it.",
        525 => "This status is the network's own: it and the mail server behind it cannot agree on encryption.",
        526 => {
            "This status is the network's own: the certificate of the mail server behind it does not hold either. That has \
             to be put right as well, or Outlook will complain of it once the network is out of the way."
        }
        _ => "",
    }
}

/// One server that answers in the place of several.
pub(super) struct Portal<'a> {
    states: Vec<&'a CandidateState>,
    leaf: &'a Certificate,
    certainty: Certainty,
}

impl Portal<'_> {
    /// Whether a candidate shows the portal's certificate under its own name.
    pub(super) fn concerns(&self, id: &CandidateId) -> bool {
        self.states.iter().any(|state| state.candidate.id == *id)
    }

    /// Whether what a candidate got comes from the portal: its certificate, its page, or a redirect to it.
    pub(super) fn answers(&self, state: &CandidateState) -> bool {
        self.concerns(&state.candidate.id)
            || case::covers(self.leaf, state.host())
            || led_to(state).is_some_and(|host| case::covers(self.leaf, &host))
    }
}

/// The network's sign-in page or filter, which shows the same foreign certificate for hosts that have nothing to do
/// with each other. Proven where it stands even in front of Microsoft's host, whose certificate is known to be another;
/// likely where hosts of different addresses show it and port 80 leads to a host that it names at an address of a network
/// itself, as only this network can. At a public address a parked domain looks the same: possible. What this client
/// does not ask proves it as well.
pub(super) fn portal<'a>(case: &Case<'a>) -> Option<Portal<'a>> {
    // What is merely possible silences no other case.
    suspected(case).filter(|portal| portal.certainty > Certainty::Possible)
}

/// The same, also where it is merely possible.
fn suspected<'a>(case: &Case<'a>) -> Option<Portal<'a>> {
    let is_foreign = |state: &&CandidateState| {
        let checks = state.handshake().and_then(|handshake| handshake.checks.as_ref());
        checks.is_some_and(|checks| !checks.name_matches.ok)
    };
    let mut foreign: Vec<&CandidateState> = case.model.candidates.iter().filter(is_foreign).collect();
    foreign.sort_by_key(|state| case.position(&state.candidate.id));
    let concerned = foreign.iter().filter(|state| case.concerns(state));
    concerned.into_iter().find_map(|first| {
        let handshake = first.handshake()?;
        let leaf = handshake.leaf()?;
        let same = |state: &&&CandidateState| state.handshake().is_some_and(|other| case::same_leaf(handshake, other));
        let states: Vec<&CandidateState> = foreign.iter().filter(same).copied().collect();
        let hosts: BTreeSet<&str> = states.iter().map(|state| state.host()).collect();
        if hosts.len() < 2 || states.iter().any(|state| is_own(case, state, leaf)) {
            return None;
        }
        let control = states.iter().any(|state| case::is_microsoft(state.host()));
        let certainty = match control {
            true => Certainty::Proven,
            false if are_apart(&states) && leads_there(case, leaf) => match is_of_network(case, leaf) {
                true => Certainty::Likely,
                false => Certainty::Possible,
            },
            false => return None,
        };
        Some(Portal { states, leaf, certainty })
    })
}

/// Whether the host's own organisation answers: by Exchange, or under a name of the mail domain or the host. The address
/// says nothing here, since a portal answers at every one.
fn is_own(case: &Case, state: &CandidateState, leaf: &Certificate) -> bool {
    let own = [case::organisation(case.domain()), case::organisation(state.host())];
    case.is_exchange(state) || case::all_names(leaf).iter().any(|name| own.contains(&case::organisation(name)))
}

/// Whether no two hosts share an address.
fn are_apart(states: &[&CandidateState]) -> bool {
    states.iter().enumerate().all(|(place, state)| {
        let addresses = case::addresses(state);
        states
            .iter()
            .take(place)
            .filter(|other| other.host() != state.host())
            .all(|other| case::addresses(other).iter().all(|address| !addresses.contains(address)))
    })
}

/// Whether port 80 leads to a host that this certificate names, and that is no hoster's Exchange.
fn leads_there(case: &Case, leaf: &Certificate) -> bool {
    let is_exchange =
        |host: &str| case.model.candidates.iter().any(|state| state.host() == host && case.is_exchange(state));
    let hosts = case.model.of_origin(Origin::Redirect).filter_map(led_to);
    hosts.into_iter().any(|host| case::covers(leaf, &host) && !is_exchange(&host))
}

/// Whether a host that the certificate names has an address that is given out inside a network only: a redirect from
/// public hosts to there was made by the network around this machine.
fn is_of_network(case: &Case, leaf: &Certificate) -> bool {
    let named = case.model.candidates.iter().filter(|state| case::covers(leaf, state.host()));
    named.flat_map(case::addresses).any(|address| match address {
        IpAddr::V4(address) => address.is_private(),
        IpAddr::V6(address) => address.is_unique_local(),
    })
}

/// The host that an answer leads to, followed or not: redirects to sign-in pages are not.
fn led_to(state: &CandidateState) -> Option<String> {
    let location = match &state.redirect {
        Some(redirect) => redirect.location.as_str(),
        None => state.exchange()?.header("location")?,
    };
    url::Url::parse(location).ok()?.host_str().map(str::to_owned)
}

/// The finding that a sign-in page or a filter answers.
pub(super) fn captive(case: &Case) -> Vec<Finding> {
    let Some(portal) = suspected(case) else { return Vec::new() };
    let first = portal.states.first().copied();
    let mut draft = Draft::new(case, "captive-portal-or-filter", portal.certainty, first).stage(Stage::Tls);
    let mut hosts: Vec<&str> = Vec::new();
    for state in &portal.states {
        draft = draft.and(state).fact(say!("{host} shows", host = state.host()), values::names(portal.leaf));
        if !hosts.contains(&state.host()) {
            hosts.push(state.host());
        }
    }
    if portal.certainty == Certainty::Possible {
        // Whoever stands in front, what the other findings say comes first.
        draft = draft.severity(Severity::Minor);
    }
    // The portal itself needs no exception.
    let own = [case.autodiscover_host(), case.domain().to_owned()].into_iter().chain(values::mail_host(case));
    let allowed = values::each_once(own.filter(|host| !case::covers(portal.leaf, host)));
    draft
        .value("allow_hosts", allowed.join(", "))
        .value("hosts", hosts.join(", "))
        .value("portal", values::names(portal.leaf))
        .found()
}
