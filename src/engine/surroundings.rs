//! The surroundings of the domain: who hosts mail and zone, canaries, and the signs of Microsoft 365.

use super::{Job, Run, say};
use crate::{
    event::{DnsAnswer, DnsData, Event, Evidence, Origin, Purpose, RecordType, Sign, Stage, Standing},
    net::Net,
    probe::dns,
};

/// Mail servers whose addresses are looked up.
const MAIL_SERVER_LIMIT: usize = 3;

/// Asks what no candidate asks, and decides the Microsoft 365 step by what was measured.
pub(super) async fn look(run: &Run) -> Vec<Job> {
    let domain = run.setup.input.address.domain.clone();
    let net = &run.setup.net;
    let autodiscover = format!("autodiscover.{domain}");
    let ((texts, mail), alias, ()) = tokio::join!(
        around(run, net, &domain),
        dns::ask(net, &autodiscover, RecordType::Cname, Purpose::Surroundings),
        canaries(run, net, &domain),
    );
    decide(run, &[texts, mail, alias])
}

/// TXT and MX (for signs and for whose mail servers these are), NS and SOA (for who runs the zone).
async fn around(run: &Run, net: &Net, domain: &str) -> (DnsAnswer, DnsAnswer) {
    let ask = |record| dns::ask(net, domain, record, Purpose::Surroundings);
    let (texts, mail, servers, start) =
        tokio::join!(ask(RecordType::Txt), ask(RecordType::Mx), ask(RecordType::Ns), ask(RecordType::Soa));
    for answer in [&texts, &mail, &servers, &start] {
        observed(run, answer.clone());
    }
    let mut exchanges: Vec<(u16, &str)> = mail
        .records
        .iter()
        .filter_map(|record| match &record.data {
            DnsData::Mx { preference, exchange } => Some((*preference, exchange.as_str())),
            _ => None,
        })
        .collect();
    exchanges.sort_unstable();
    let lookups = exchanges
        .iter()
        .take(MAIL_SERVER_LIMIT)
        .map(|(_, exchange)| dns::ask(net, exchange, RecordType::A, Purpose::Surroundings));
    for answer in futures_util::future::join_all(lookups).await {
        observed(run, answer);
    }
    (texts, mail)
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

fn decide(run: &Run, answers: &[DnsAnswer]) -> Vec<Job> {
    let signs: Vec<Sign> = answers.iter().flat_map(|answer| &answer.records).filter_map(|r| sign(&r.data)).collect();
    let waiting: Vec<_> = {
        let plan = crate::plan::plan(&run.setup.input);
        plan.into_iter().filter(|candidate| candidate.standing == Standing::AwaitingSigns).collect()
    };
    let mut jobs = Vec::new();
    for candidate in waiting.into_iter().filter(|candidate| candidate.origin == Origin::Office365) {
        let standing = if signs.is_empty() { Standing::NoSign } else { Standing::Probed };
        run.registry().set_standing(&candidate.id, standing);
        say(&run.events, Event::CandidateDecided { id: candidate.id.clone(), standing, signs: signs.clone() });
        if standing == Standing::Probed {
            jobs.push(Job { id: candidate.id, from: Stage::Dns });
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
