//! The surroundings of the domain: who hosts mail and zone, canaries, and the signs of Microsoft 365.

use super::{Job, OutsideWish, Run, Setup, say};
use crate::{
    event::{DnsAnswer, DnsData, DnsStatus, Event, Evidence, Purpose, RecordType, Sign, Stage, Standing},
    net::{Net, Resolver},
    plan,
    probe::dns,
};
use std::{net::IpAddr, sync::Arc};

/// Mail servers whose addresses are looked up.
const MAIL_SERVER_LIMIT: usize = 3;

/// Servers of the zone that are asked.
const NAME_SERVER_LIMIT: usize = 3;

/// Domain controllers whose addresses are looked up.
const CONTROLLER_LIMIT: usize = 8;

/// TXT, MX and the alias of `autodiscover`: they decide the Microsoft 365 step, so nothing else is waited for.
pub(super) async fn look_for_signs(run: &Run) -> Vec<Job> {
    let domain = &run.setup.input.address.domain;
    let net = &run.setup.net;
    let autodiscover = format!("autodiscover.{domain}");
    let (texts, mail, alias) = tokio::join!(
        dns::ask(net, domain, RecordType::Txt, Purpose::Surroundings),
        dns::ask(net, domain, RecordType::Mx, Purpose::Surroundings),
        dns::ask(net, &autodiscover, RecordType::Cname, Purpose::Surroundings),
    );
    for answer in [&texts, &mail, &alias] {
        observed(run, answer.clone());
    }
    let mut jobs = decide(run, &[&texts, &mail, &alias]);
    jobs.push(Job::MailServers { exchanges: preferred(&mail) });
    let signed = [&texts, &mail, &alias].iter().flat_map(|answer| &answer.records).any(|r| sign(&r.data).is_some());
    let wanted = match run.setup.microsoft365 {
        OutsideWish::Always => true,
        OutsideWish::WhenSigned => signed,
        OutsideWish::Never => false,
    };
    if wanted {
        jobs.push(Job::Outside);
    }
    jobs
}

/// NS and SOA (who runs the zone), the canaries, and the domain's controllers.
pub(super) async fn look(run: &Run) -> Vec<Job> {
    let domain = &run.setup.input.address.domain;
    let net = &run.setup.net;
    let ask = |record| dns::ask(net, domain, record, Purpose::Surroundings);
    let (servers, start, (), ()) =
        tokio::join!(ask(RecordType::Ns), ask(RecordType::Soa), canaries(run, net, domain), controllers(run));
    observed(run, servers);
    observed(run, start);
    Vec::new()
}

/// The servers that hold a domain's zone: those of the domain itself, or of the zone that it lies in (the one that
/// denies, RFC 2308).
pub(super) async fn name_servers(setup: &Setup, domain: &str) -> Option<Arc<dyn Resolver>> {
    let reach = setup.net.name_servers.as_ref()?;
    let net = &setup.net;
    let names_of = |answer: &DnsAnswer| -> Vec<String> {
        let target = |data: &DnsData| match data {
            DnsData::Ns { target } => Some(target.clone()),
            _ => None,
        };
        answer.records.iter().filter_map(|record| target(&record.data)).take(NAME_SERVER_LIMIT).collect()
    };
    let answer = dns::ask(net, domain, RecordType::Ns, Purpose::Surroundings).await;
    let names = match (names_of(&answer), &answer.authority) {
        (names, Some(authority)) if names.is_empty() => {
            names_of(&dns::ask(net, &authority.zone, RecordType::Ns, Purpose::Surroundings).await)
        }
        (names, _) => names,
    };
    let ask = |name| dns::ask(net, name, RecordType::A, Purpose::Surroundings);
    let answers = futures_util::future::join_all(names.iter().map(|name| ask(name))).await;
    let addresses: Vec<IpAddr> = answers.iter().flat_map(DnsAnswer::addresses).take(NAME_SERVER_LIMIT).collect();
    (!addresses.is_empty()).then(|| reach.at(&addresses))
}

/// Addresses of the domain's mail servers: is a certificate's host the same machine?
pub(super) async fn mail_servers(run: &Run, exchanges: &[String]) -> Vec<Job> {
    let ask = |exchange| dns::ask(&run.setup.net, exchange, RecordType::A, Purpose::Surroundings);
    for answer in futures_util::future::join_all(exchanges.iter().map(|exchange| ask(exchange))).await {
        observed(run, answer);
    }
    Vec::new()
}

/// The first mail servers by preference.
fn preferred(mail: &DnsAnswer) -> Vec<String> {
    let mut exchanges: Vec<(u16, &str)> = mail
        .records
        .iter()
        .filter_map(|record| match &record.data {
            DnsData::Mx { preference, exchange } => Some((*preference, exchange.as_str())),
            _ => None,
        })
        .collect();
    exchanges.sort_unstable();
    exchanges.into_iter().take(MAIL_SERVER_LIMIT).map(|(_, exchange)| exchange.to_owned()).collect()
}

/// Random labels: an answer means a wildcard in the zone, or a resolver that rewrites "no such name".
async fn canaries(run: &Run, net: &Net, domain: &str) {
    if !run.setup.canaries {
        return;
    }
    let beside = format!("{}.{domain}", dns::canary_label());
    let below_tcp = format!("{}._tcp.{domain}", dns::canary_label());
    // `.invalid` never exists (RFC 6761): whoever answers for it makes answers up.
    let nowhere = format!("{}.invalid", dns::canary_label());
    let (beside, below_tcp, nowhere) = tokio::join!(
        dns::ask(net, &beside, RecordType::A, Purpose::WildcardCanary),
        dns::ask(net, &below_tcp, RecordType::Srv, Purpose::WildcardCanary),
        dns::ask(net, &nowhere, RecordType::A, Purpose::WildcardCanary),
    );
    // Whether others see the same wildcard tells a zone that has one from a resolver that makes answers up.
    let question = beside.question.clone();
    let answered = beside.status == DnsStatus::Answered;
    for answer in [beside, below_tcp, nowhere] {
        observed(run, answer);
    }
    let zone = async {
        // The zone's own servers are asked only where there is something to settle.
        let zone = if answered { run.servers_of(&question.name).await } else { None };
        match zone {
            Some(zone) => Some(zone.ask(&question).await),
            None => None,
        }
    };
    let (further, zone) = tokio::join!(dns::ask_further(net, &question), zone);
    for answer in further.into_iter().chain(zone) {
        observed(run, DnsAnswer { purpose: Purpose::WildcardCanary, ..answer });
    }
}

/// Domain controllers register where they are ([MS-ADTS] 6.3.2.3); in a network whose directory bears the mail domain's
/// name the bare domain leads to them.
async fn controllers(run: &Run) {
    if !run.setup.canaries {
        return;
    }
    let net = &run.setup.net;
    let owner = format!("_ldap._tcp.dc._msdcs.{}", run.setup.input.address.domain);
    let answer = dns::ask(net, &owner, RecordType::Srv, Purpose::DomainControllers).await;
    let target = |data: &DnsData| match data {
        DnsData::Srv { target, .. } => Some(target.clone()),
        _ => None,
    };
    let targets: Vec<String> =
        answer.records.iter().filter_map(|record| target(&record.data)).take(CONTROLLER_LIMIT).collect();
    observed(run, answer);
    let ask = |name| dns::ask(net, name, RecordType::A, Purpose::DomainControllers);
    for answer in futures_util::future::join_all(targets.iter().map(|name| ask(name))).await {
        observed(run, answer);
    }
}

fn decide(run: &Run, answers: &[&DnsAnswer]) -> Vec<Job> {
    let signs: Vec<Sign> = answers.iter().flat_map(|answer| &answer.records).filter_map(|r| sign(&r.data)).collect();
    let proper =
        |answer: &&DnsAnswer| matches!(answer.status, DnsStatus::Answered | DnsStatus::NoData | DnsStatus::NoSuchName);
    let standing = match (signs.is_empty(), answers.iter().all(proper)) {
        (false, _) => Standing::Probed,
        (true, true) => Standing::NoSign,
        (true, false) => Standing::Unmeasured,
    };
    let mut jobs = Vec::new();
    for candidate in plan::plan(&run.setup.input).into_iter().filter(|c| c.standing == Standing::AwaitingSigns) {
        let before = run.registry().set_standing(&candidate.id, standing);
        say(&run.events, Event::CandidateDecided { id: candidate.id.clone(), standing, signs: signs.clone() });
        // Asked again beside another candidate's rerun, the signs do not start this step anew.
        if standing == Standing::Probed && before != Some(Standing::Probed) {
            jobs.push(Job::Probe { id: candidate.id, from: Stage::Dns });
        }
    }
    jobs
}

/// What speaks for Microsoft 365 (autodiscover.md 1.7; all reported by third parties).
fn sign(data: &DnsData) -> Option<Sign> {
    let under = |name: &str, suffixes: &[&str]| {
        suffixes.iter().any(|suffix| name == *suffix || name.ends_with(&format!(".{suffix}")))
    };
    match data {
        DnsData::Txt { text } if text.starts_with("MS=ms") => Some(Sign::VerificationText { text: text.clone() }),
        DnsData::Mx { exchange, .. } if under(exchange, &["mail.protection.outlook.com", "mx.microsoft"]) => {
            Some(Sign::MailServer { exchange: exchange.clone() })
        }
        DnsData::Cname { target } if under(target, &["outlook.com", "partner.outlook.cn", "office365.us"]) => {
            Some(Sign::Alias { target: target.clone() })
        }
        _ => None,
    }
}

fn observed(run: &Run, answer: DnsAnswer) {
    say(&run.events, Event::Observed { candidate: None, stage: Stage::Dns, evidence: Evidence::Dns(answer) });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_whole_names() {
        let mail = |name: &str| DnsData::Mx { preference: 0, exchange: name.into() };
        assert!(sign(&mail("contoso-com.mail.protection.outlook.com")).is_some());
        assert!(sign(&mail("mail.contoso.test")).is_none());
        assert!(sign(&mail("evilmail.protection.outlook.com.contoso.test")).is_none());
        assert!(sign(&DnsData::Cname { target: "notoutlook.com".into() }).is_none());
        assert!(sign(&DnsData::Txt { text: "MS=ms12345678".into() }).is_some());
        assert!(sign(&DnsData::Txt { text: "v=spf1 -all".into() }).is_none());
    }
}
