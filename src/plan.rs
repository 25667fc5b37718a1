//! The plan: which places one address makes a client try, in which order, and why. Pure.

use crate::event::{Address, Candidate, CandidateId, ClientFamily, Origin, Standing};

/// Path of the Autodiscover service as Outlook writes it for the domain-derived URLs ([MS-OXDISCO] 3.1.5).
pub const PATH: &str = "/autodiscover/autodiscover.xml";

/// Endpoint of the Microsoft 365 step (KB3211279, worldwide cloud).
pub const OFFICE365_HOST: &str = "autodiscover-s.outlook.com";

/// Most candidates that one run may hold, opened ones included.
pub const CANDIDATE_LIMIT: usize = 32;

/// Most redirects followed from one candidate, HTTP and XML counted together (POX `Action` page: stop after 10).
pub const REDIRECT_LIMIT: usize = 10;

/// What the plan is made from.
#[derive(Clone, Debug)]
pub struct PlanInput {
    /// The address being diagnosed.
    pub address: Address,
    /// Active Directory, or an export of it, is looked at for service connection points.
    pub directory: bool,
    /// URLs of service connection points, as given with `--scp-url`.
    pub scp_urls: Vec<url::Url>,
    /// Only these steps; empty means all.
    pub only: Vec<Origin>,
    /// Without these steps.
    pub skip: Vec<Origin>,
}

/// One step of a client family's search.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Step {
    /// Which step.
    pub origin: Origin,
    /// Registry value under the AutoDiscover key that switches it off, where one exists (KB2212902, KB3211279).
    pub switch: Option<&'static str>,
    /// Whether a certificate error at this step is shown to the user.
    pub alert: Alert,
}

/// Whether a certificate error is shown to the user.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Alert {
    /// It is.
    Shown,
    /// Sources disagree: KB3211279 says silenced, KB2783881 describes an alert for the same versions.
    MayBeShown,
}

const BOOT: Step = Step { origin: Origin::Boot, switch: None, alert: Alert::Shown };
const LOCAL_XML: Step = Step { origin: Origin::LocalXml, switch: None, alert: Alert::Shown };
const LAST_KNOWN_GOOD: Step =
    Step { origin: Origin::LastKnownGood, switch: Some("ExcludeLastKnownGoodURL"), alert: Alert::Shown };
const OFFICE365: Step =
    Step { origin: Origin::Office365, switch: Some("ExcludeExplicitO365Endpoint"), alert: Alert::Shown };
const SCP: Step = Step { origin: Origin::Scp, switch: Some("ExcludeScpLookup"), alert: Alert::Shown };
const ROOT: Step = Step { origin: Origin::Root, switch: Some("ExcludeHttpsRootDomain"), alert: Alert::Shown };
const ROOT_SILENCED: Step =
    Step { origin: Origin::Root, switch: Some("ExcludeHttpsRootDomain"), alert: Alert::MayBeShown };
const AUTODISCOVER: Step =
    Step { origin: Origin::Autodiscover, switch: Some("ExcludeHttpsAutoDiscoverDomain"), alert: Alert::Shown };
const REDIRECT: Step = Step { origin: Origin::Redirect, switch: Some("ExcludeHttpRedirect"), alert: Alert::Shown };
const SRV: Step = Step { origin: Origin::Srv, switch: Some("ExcludeSrvRecord"), alert: Alert::Shown };

/// The search of one client family, in its own order (KB3211279 for the order, KB2212902 for the version floors,
/// KB940881 for 2007 without SRV; the place of the local file between 7 and 9 as in KB2212902's list).
pub fn sequence(client: ClientFamily) -> &'static [Step] {
    match client {
        ClientFamily::Outlook2007Rtm => &[SCP, ROOT, AUTODISCOVER, LOCAL_XML, REDIRECT],
        ClientFamily::Outlook2007 => &[SCP, ROOT, AUTODISCOVER, LOCAL_XML, REDIRECT, SRV],
        ClientFamily::Outlook2010 => &[BOOT, LAST_KNOWN_GOOD, SCP, ROOT, AUTODISCOVER, LOCAL_XML, REDIRECT, SRV],
        ClientFamily::Outlook2013 => &[BOOT, LAST_KNOWN_GOOD, SCP, ROOT, AUTODISCOVER, LOCAL_XML, REDIRECT, SRV],
        ClientFamily::Outlook2016 | ClientFamily::Outlook365 => {
            &[BOOT, LAST_KNOWN_GOOD, OFFICE365, SCP, ROOT_SILENCED, AUTODISCOVER, LOCAL_XML, REDIRECT, SRV]
        }
    }
}

/// The search on one PC: with `local_first` the local file comes before everything but the restart (KB3211279, step 2).
pub fn sequence_on(client: ClientFamily, local_first: bool) -> Vec<Step> {
    let mut steps = sequence(client).to_vec();
    if local_first && let Some(place) = steps.iter().position(|step| step.origin == Origin::LocalXml) {
        let step = steps.remove(place);
        let after_boot = usize::from(steps.first().is_some_and(|first| first.origin == Origin::Boot));
        steps.insert(after_boot, step);
    }
    steps
}

/// Where a step is switched off on one PC.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize)]
pub struct Switch {
    /// The registry key of the user.
    pub key: String,
    /// Name of the DWORD value under it; 1 switches the step off.
    pub value: &'static str,
}

/// Where one client's step is switched off on one PC (KB2212902); none where the client has no such step or switch.
pub fn switch(client: ClientFamily, origin: Origin) -> Option<Switch> {
    let step = sequence(client).iter().find(|step| step.origin == origin)?;
    let key = format!(r"HKCU\Software\Microsoft\Office\{}\Outlook\AutoDiscover", office_version(client));
    step.switch.map(|value| Switch { key, value })
}

/// Office's version number, as the registry names it.
pub fn office_version(client: ClientFamily) -> &'static str {
    match client {
        ClientFamily::Outlook2007Rtm | ClientFamily::Outlook2007 => "12.0",
        ClientFamily::Outlook2010 => "14.0",
        ClientFamily::Outlook2013 => "15.0",
        ClientFamily::Outlook2016 | ClientFamily::Outlook365 => "16.0",
    }
}

/// All candidates of all families, in the order of the newest one; the walk of each family reads them in its own.
pub fn plan(input: &PlanInput) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for step in sequence(ClientFamily::Outlook365) {
        match step.origin {
            Origin::Scp => {
                candidates.extend(input.directory.then(directory_lookup));
                candidates.extend(service_connection_points(&input.scp_urls, input.directory));
            }
            origin => candidates.push(single(origin, &input.address.domain)),
        }
    }
    for candidate in &mut candidates {
        let wanted = input.only.is_empty() || input.only.contains(&candidate.origin);
        let chosen = wanted && !input.skip.contains(&candidate.origin);
        if !chosen && matches!(candidate.standing, Standing::Probed | Standing::AwaitingSigns) {
            candidate.standing = Standing::LeftOut;
        }
    }
    candidates
}

/// A candidate for a place that another candidate's answer named.
pub fn followed(id: CandidateId, origin: Origin, url: &url::Url, opened_by: CandidateId) -> Candidate {
    Candidate {
        url: Some(url.to_string()),
        host: url.host_str().map(|host| host.trim_end_matches('.').to_owned()),
        port: url.port_or_known_default().unwrap_or(443),
        opened_by: Some(opened_by),
        ..Candidate::bare(id, origin)
    }
}

/// The candidate that stands for asking Active Directory; what it finds are candidates of their own.
pub fn directory_lookup() -> Candidate {
    bare(Origin::Scp)
}

fn service_connection_points(urls: &[url::Url], looked_up: bool) -> Vec<Candidate> {
    if urls.is_empty() && !looked_up {
        return vec![Candidate { standing: Standing::NotAsked, ..bare(Origin::Scp) }];
    }
    urls.iter()
        .enumerate()
        .map(|(index, url)| Candidate {
            id: CandidateId::new(format!("scp-{}", index + 1)),
            url: Some(url.to_string()),
            host: url.host_str().map(|host| host.trim_end_matches('.').to_owned()),
            port: url.port_or_known_default().unwrap_or(443),
            ..bare(Origin::Scp)
        })
        .collect()
}

fn single(origin: Origin, domain: &str) -> Candidate {
    let (scheme, host, port, standing) = match origin {
        Origin::Boot | Origin::LocalXml | Origin::LastKnownGood => {
            return Candidate { standing: Standing::NotVisible, ..bare(origin) };
        }
        Origin::Office365 => ("https", OFFICE365_HOST.to_owned(), 443, Standing::AwaitingSigns),
        Origin::Root => ("https", domain.to_owned(), 443, Standing::Probed),
        Origin::Autodiscover => ("https", format!("autodiscover.{domain}"), 443, Standing::Probed),
        Origin::Redirect => ("http", format!("autodiscover.{domain}"), 80, Standing::Probed),
        Origin::Srv | Origin::Scp | Origin::Followed | Origin::Service => return bare(origin),
    };
    Candidate { url: Some(format!("{scheme}://{host}{PATH}")), host: Some(host), port, standing, ..bare(origin) }
}

fn bare(origin: Origin) -> Candidate {
    Candidate::bare(CandidateId::new(origin.as_str()), origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_version_has_its_own_switch() {
        // KB2212902 for the values, KB3211279 for the one of Microsoft 365.
        let root = |client| switch(client, Origin::Root).map(|switch| (switch.key, switch.value));
        let key = r"HKCU\Software\Microsoft\Office\16.0\Outlook\AutoDiscover".to_owned();
        assert_eq!(root(ClientFamily::Outlook365), Some((key, "ExcludeHttpsRootDomain")));
        let key = r"HKCU\Software\Microsoft\Office\12.0\Outlook\AutoDiscover".to_owned();
        assert_eq!(root(ClientFamily::Outlook2007Rtm), Some((key, "ExcludeHttpsRootDomain")));
        assert_eq!(switch(ClientFamily::Outlook2007Rtm, Origin::Srv), None);
        assert_eq!(switch(ClientFamily::Outlook2013, Origin::Office365), None);
        let office = switch(ClientFamily::Outlook2016, Origin::Office365).map(|switch| switch.value);
        assert_eq!(office, Some("ExcludeExplicitO365Endpoint"));
    }
}
