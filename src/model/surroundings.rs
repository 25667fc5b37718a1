//! What surrounds the candidates: the domain's mail servers, and what speaks for Exchange or for Microsoft 365.

use super::{CandidateState, Model};
use crate::event::{DnsData, Evidence, Origin, Purpose, Sign};

/// Zones that Microsoft 365 gives its names in.
const MICROSOFT: [&str; 6] =
    ["outlook.com", "office365.com", "office.com", "mx.microsoft", "outlook.cn", "office365.us"];

/// Whether a name is one of Microsoft 365's.
pub fn is_microsoft(name: &str) -> bool {
    MICROSOFT.iter().any(|zone| name.strip_suffix(zone).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}

impl Model {
    /// Mail servers of the domain, the preferred first.
    pub fn mail_servers(&self) -> Vec<&str> {
        let mut servers: Vec<(u16, &str)> = Vec::new();
        for answer in self.dns_facts(Purpose::Surroundings) {
            for record in &answer.records {
                if let DnsData::Mx { preference, exchange } = &record.data {
                    servers.push((*preference, exchange.as_str()));
                }
            }
        }
        servers.sort_unstable();
        servers.dedup();
        servers.into_iter().map(|(_, exchange)| exchange).collect()
    }

    /// Signs that mail is delivered to Microsoft 365: those the plan was decided by, and mail servers that were seen.
    pub fn is_mail_at_microsoft(&self) -> bool {
        self.signs.iter().any(|sign| matches!(sign, Sign::MailServer { .. }))
            || self.mail_servers().first().is_some_and(|server| is_microsoft(server))
    }

    /// Whether anything speaks for Exchange: signs of Microsoft 365, or an Exchange server that answers.
    pub fn expects_exchange(&self) -> bool {
        self.is_mail_at_microsoft() || !self.signs.is_empty() || self.candidates.iter().any(CandidateState::is_exchange)
    }

    /// An Exchange of the organisation's own that answers.
    pub fn own_exchange(&self) -> Option<&CandidateState> {
        self.candidates.iter().find(|state| {
            state.candidate.origin != Origin::Office365 && !is_microsoft(state.host()) && state.is_exchange()
        })
    }

    /// Whether nothing but a verification record speaks for Microsoft 365, while mail goes elsewhere and an Exchange of
    /// the organisation's own answers. Outlook may then ask Microsoft first or not: which signs it goes by, Microsoft
    /// does not say, and many domains were verified for the sake of other programs.
    pub fn is_only_verified(&self) -> bool {
        let texts_alone = self.signs.iter().all(|sign| matches!(sign, Sign::VerificationText { .. }));
        let elsewhere = !self.mail_servers().is_empty() && !self.is_mail_at_microsoft();
        !self.signs.is_empty() && texts_alone && elsewhere && self.own_exchange().is_some()
    }
}

impl CandidateState {
    /// Whether an answer, or what stands behind a bad certificate, looks like Exchange.
    pub fn is_exchange(&self) -> bool {
        self.evidence().any(|evidence| matches!(evidence, Evidence::Http(exchange) if exchange.exchange))
    }
}
