//! The surroundings of the domain: who hosts mail and zone, canaries, and the signs of Microsoft 365.

use super::{Job, Run, say};
use crate::{
    event::{DnsAnswer, DnsData, DnsStatus, Event, Evidence, Purpose, RecordType, Sign, Stage, Standing},
    net::Net,
    plan,
    probe::dns,
};

/// Mail servers whose addresses are looked up.
const MAIL_SERVER_LIMIT: usize = 3;

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
    jobs
}

/// NS and SOA (who runs the zone), and the canaries.
pub(super) async fn look(run: &Run) -> Vec<Job> {
    let domain = &run.setup.input.address.domain;
    let net = &run.setup.net;
    let ask = |record| dns::ask(net, domain, record, Purpose::Surroundings);
    let (servers, start, ()) = tokio::join!(ask(RecordType::Ns), ask(RecordType::Soa), canaries(run, net, domain));
    observed(run, servers);
    observed(run, start);
    Vec::new()
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
    for answer in [beside, below_tcp, nowhere] {
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
