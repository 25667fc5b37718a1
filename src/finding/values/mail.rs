//! The mail server: its best name and address, and how far they are known.

use crate::{
    event::Purpose,
    finding::case::{self, Case},
};
use std::net::IpAddr;

/// The mail server's best name: one that a certificate lists, or else a mail server of the domain behind whose address
/// Exchange answers. A mail server by itself may be anything, such as a filter against spam.
pub(in crate::finding) fn mail_host(case: &Case) -> Option<String> {
    let exchange: Vec<IpAddr> =
        case.model.candidates.iter().filter(|state| case.is_exchange(state)).flat_map(case::addresses).collect();
    let serves = |name: &&str| {
        let asked = case.model.dns_facts(Purpose::Surroundings);
        let mut answers = asked.filter(|answer| answer.question.name.eq_ignore_ascii_case(name));
        case::is_host_name(name) && answers.any(|answer| answer.addresses().iter().any(|one| exchange.contains(one)))
    };
    case.srv_target().or_else(|| case.mail_servers().into_iter().find(serves).map(str::to_ascii_lowercase))
}

/// The mail server's address; where nothing tells it, that of the domain's own preferred mail server.
pub(super) fn address(case: &Case) -> Option<IpAddr> {
    let name = mail_host(case);
    let named = case.model.candidates.iter().find(|state| Some(state.host()) == name.as_deref());
    let exchange = case.model.candidates.iter().find(|state| case.is_exchange(state));
    let own = |server: &&str| case::organisation(server) == case::organisation(case.domain());
    let preferred =
        || case.mail_servers().first().filter(|server| own(server)).and(case.mail_addresses().first().copied());
    named.or(exchange).and_then(|state| case::addresses(state).first().copied()).or_else(preferred)
}

/// A word about the domain's mail server, where nothing shows that Exchange answers there.
pub(super) fn server_note(case: &Case) -> String {
    match case.mail_servers().first().filter(|name| mail_host(case).is_none() && case::is_host_name(name)) {
        Some(server) => say!(
            "Mail for the domain goes to {server}. That may be the Exchange server, or a filter in front of it: this \
             run \
             did not see Exchange there.",
            server
        ),
        None => String::new(),
    }
}

/// Where the address of the mail server comes from, when it is not Exchange that was seen there.
pub(super) fn address_note(case: &Case) -> String {
    let Some(address) = address(case) else { return String::new() };
    let at_exchange =
        case.model.candidates.iter().any(|state| case.is_exchange(state) && case::addresses(state).contains(&address));
    match case.mail_servers().first().filter(|_| !at_exchange && case.mail_addresses().contains(&address)) {
        Some(server) if case::is_host_name(server) => say!(
            "The address {address} is that of {server}, to which mail for the domain goes (MX). This run did not see Exchange \
             there: ask whoever runs the mail server before you publish it.",
            address,
            server
        ),
        _ => String::new(),
    }
}
