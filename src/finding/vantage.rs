//! Inside or outside: where a run looks from, and how that is known.

use super::{Certainty, Fact, case};
use crate::{
    event::{DnsAnswer, DnsStatus, Evidence, Purpose, TcpResult, VantageSide, View},
    model::Model,
};
use serde::Serialize;
use std::net::IpAddr;

/// Where a run looks from.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Standpoint {
    /// Inside the customer's network or outside it.
    pub side: VantageSide,
    /// How sure that is; absent where nothing is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certainty: Option<Certainty>,
    /// What it is known by, the most telling first.
    pub evidence: Vec<Fact>,
}

/// Where a run looks from. Pure; an unfinished run says what is known so far.
///
/// Inside is proven where the directory's own names are answered with private addresses by a private server: only the
/// network's DNS holds them. A private address of the mail domain to which a connection opened, or which only this
/// resolver gives out, makes it likely; a public server that gives it out proves nothing. Outside is likely where the
/// zone's own public servers say the same and no controller is known, and possible where only nothing private was seen.
pub fn standpoint(model: &Model) -> Standpoint {
    let inside = [controllers(model), reached(model), given_out(model)];
    let mut evidence: Vec<(Certainty, Fact)> = inside.into_iter().flatten().collect();
    if let Some(differs) = apart(model).filter(|_| !evidence.is_empty()) {
        evidence.push((Certainty::Likely, differs));
    }
    if !evidence.is_empty() {
        return concluded(VantageSide::Inside, evidence);
    }
    concluded(VantageSide::Outside, outside(model))
}

fn concluded(side: VantageSide, mut evidence: Vec<(Certainty, Fact)>) -> Standpoint {
    evidence.sort_by_key(|(certainty, _)| std::cmp::Reverse(*certainty));
    let certainty = evidence.first().map(|(certainty, _)| *certainty);
    let side = if certainty.is_some() { side } else { VantageSide::Unknown };
    Standpoint { side, certainty, evidence: evidence.into_iter().map(|(_, fact)| fact).collect() }
}

fn by(answer: &DnsAnswer) -> String {
    answer.responder.as_ref().map(|server| say!(" by {server}", server)).unwrap_or_default()
}

fn is_local(answer: &DnsAnswer) -> bool {
    answer.responder_address().is_some_and(case::is_private)
}

/// The system's answers about names of the mail domain.
fn own(model: &Model) -> impl Iterator<Item = &DnsAnswer> {
    let of_candidates = model.candidates.iter().flat_map(|state| state.dns());
    of_candidates.filter(|answer| {
        answer.view == View::System
            && answer.purpose == Purpose::Lookup
            && case::is_under(&answer.question.name, model.domain())
    })
}

/// The directory's controllers are known by name, at private addresses.
fn controllers(model: &Model) -> Option<(Certainty, Fact)> {
    let mut answers = model.dns_facts(Purpose::DomainControllers);
    let found = answers.find(|answer| answer.addresses().into_iter().any(case::is_private))?;
    let address = found.addresses().into_iter().find(|address| case::is_private(*address))?;
    let certainty = if is_local(found) { Certainty::Proven } else { Certainty::Possible };
    let words = say!("domain controller at {address}, told{by}", address, by = by(found));
    Some((certainty, Fact::new(found.question.name.clone(), words)))
}

/// A private address of the mail domain, and a connection to it.
fn reached(model: &Model) -> Option<(Certainty, Fact)> {
    let states = model.candidates.iter().filter(|state| case::is_under(state.host(), model.domain()));
    let connects = states.flat_map(|state| state.tcp().map(move |connect| (state.host(), connect)));
    let (host, connect) = connects
        .into_iter()
        .find(|(_, connect)| connect.result == TcpResult::Connected && case::is_private(connect.address.ip()))?;
    Some((
        Certainty::Likely,
        Fact::new(host, say!("{ip} is private and can be reached from here", ip = connect.address.ip())),
    ))
}

/// A private address that a server of the network gives out.
fn given_out(model: &Model) -> Option<(Certainty, Fact)> {
    let (found, address) = own(model).filter(|answer| is_local(answer)).find_map(|answer| {
        let address = answer.addresses().into_iter().find(|address| case::is_private(*address))?;
        (!is_public_knowledge(model, address)).then_some((answer, address))
    })?;
    Some((
        Certainty::Likely,
        Fact::new(found.question.name.clone(), say!("private address {address}, told{by}", address, by = by(found))),
    ))
}

/// Whether a public server gives out an address too.
fn is_public_knowledge(model: &Model, address: IpAddr) -> bool {
    let answers = model.candidates.iter().flat_map(|state| state.dns());
    let public = |answer: &&DnsAnswer| answer.responder_address().is_some_and(|server| !case::is_private(server));
    answers.filter(public).any(|answer| answer.addresses().contains(&address))
}

/// A public resolver says otherwise of the same name.
fn apart(model: &Model) -> Option<Fact> {
    let all = model.candidates.iter().flat_map(|state| state.dns());
    let mut public = all.filter(|answer| {
        matches!(answer.view, View::Further { .. })
            && answer.responder_address().is_some_and(|address| !case::is_private(address))
            && case::is_under(&answer.question.name, model.domain())
    });
    public.find_map(|answer| {
        let here = own(model).find(|own| own.question == answer.question)?;
        let (ours, theirs) = (here.addresses(), answer.addresses());
        let proper = matches!(answer.status, DnsStatus::Answered | DnsStatus::NoData | DnsStatus::NoSuchName);
        let apart = proper && ours.iter().any(|address| case::is_private(*address)) && theirs != ours;
        apart.then(|| {
            Fact::new(
                answer.question.name.clone(),
                say!("{listed}{by}, otherwise here", listed = listed(&theirs), by = by(answer)),
            )
        })
    })
}

/// Nothing speaks for inside, and names are answered as the public sees them.
fn outside(model: &Model) -> Vec<(Certainty, Fact)> {
    let addresses: Vec<IpAddr> = own(model).flat_map(DnsAnswer::addresses).collect();
    if addresses.is_empty() || addresses.iter().any(|address| case::is_private(*address)) {
        return Vec::new();
    }
    let mut evidence = Vec::new();
    let all: Vec<&DnsAnswer> = model.candidates.iter().flat_map(|state| state.dns()).collect();
    let alike = own(model).filter(|answer| answer.status == DnsStatus::Answered).find_map(|here| {
        all.iter().find(|other| {
            let public = other.responder_address().is_some_and(|address| !case::is_private(address));
            let sorted = |answer: &DnsAnswer| {
                let mut addresses = answer.addresses();
                addresses.sort_unstable();
                addresses
            };
            public && other.view != View::System && other.question == here.question && sorted(other) == sorted(here)
        })
    });
    if let Some(alike) = alike {
        let words = say!("{listed}{by}, as here", listed = listed(&alike.addresses()), by = by(alike));
        evidence.push((Certainty::Likely, Fact::new(alike.question.name.clone(), words)));
    }
    let mut asked = model.facts.iter().filter_map(|evidence| match evidence {
        Evidence::Dns(answer) if answer.purpose == Purpose::DomainControllers => Some(answer),
        _ => None,
    });
    if let Some(denied) = asked.find(|answer| matches!(answer.status, DnsStatus::NoSuchName | DnsStatus::NoData)) {
        let words = say!("no domain controller is known{by}", by = by(denied));
        evidence.push((Certainty::Possible, Fact::new(denied.question.name.clone(), words)));
    }
    evidence
}

fn listed(addresses: &[IpAddr]) -> String {
    match addresses {
        [] => say!("no address").to_owned(),
        several => several.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    }
}

#[cfg(test)]
mod tests;
