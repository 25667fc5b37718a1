//! The candidates of one run: which exist, who opened whom, and where a redirect may still lead.

use crate::{
    event::{Candidate, CandidateId, Cause, Origin, PointSource, Standing},
    plan::{self, CANDIDATE_LIMIT, REDIRECT_LIMIT},
};
use url::Url;

/// Further URLs of one host that are asked.
const FURTHER_LIMIT: usize = 12;

/// One candidate with what the engine needs beside it.
pub(super) struct Entry {
    pub(super) candidate: Candidate,
    /// Mailbox address that goes into the request; `redirectAddr` changes it.
    pub(super) mailbox: String,
    /// Attempts so far.
    pub(super) attempts: u32,
    /// Redirects between the search itself and this candidate.
    hops: usize,
    /// Further URLs of the same host that the settings handed out.
    further: Vec<Url>,
}

/// All candidates of a run.
pub(super) struct Registry {
    entries: Vec<Entry>,
    followed: usize,
    services: usize,
}

/// A candidate that a redirect leads to.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) candidate: Candidate,
}

impl Registry {
    pub(super) fn new(candidates: Vec<Candidate>, mailbox: String) -> Self {
        let entries = candidates
            .into_iter()
            .map(|candidate| Entry { candidate, mailbox: mailbox.clone(), attempts: 0, hops: 0, further: Vec::new() })
            .collect();
        Self { entries, followed: 0, services: 0 }
    }

    pub(super) fn get(&self, id: &CandidateId) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.candidate.id == *id)
    }

    /// Counts one more attempt.
    pub(super) fn next_attempt(&mut self, id: &CandidateId) -> Option<(Candidate, String, u32)> {
        let entry = self.entries.iter_mut().find(|entry| entry.candidate.id == *id)?;
        entry.attempts += 1;
        Some((entry.candidate.clone(), entry.mailbox.clone(), entry.attempts))
    }

    /// Sets a standing; gives the one before.
    pub(super) fn set_standing(&mut self, id: &CandidateId, standing: Standing) -> Option<Standing> {
        let entry = self.entries.iter_mut().find(|entry| entry.candidate.id == *id)?;
        Some(std::mem::replace(&mut entry.candidate.standing, standing))
    }

    pub(super) fn locate(&mut self, id: &CandidateId, url: &Url, host: &str, port: u16) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.candidate.id == *id) {
            entry.candidate.url = Some(url.to_string());
            entry.candidate.host = Some(host.to_owned());
            entry.candidate.port = port;
        }
    }

    /// Puts a candidate in the place of the one with its id.
    pub(super) fn put(&mut self, candidate: &Candidate) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.candidate.id == candidate.id) {
            entry.candidate = candidate.clone();
        }
    }

    /// Opens the place that an answer of `from` names. A redirect into its own path is a loop; the eleventh is one too
    /// many. The same place reached from elsewhere is no fault.
    pub(super) fn open(&mut self, from: &CandidateId, url: &Url, mailbox: Option<String>) -> Result<Opened, Cause> {
        let Some(opener) = self.get(from) else { return Err(Cause::HttpRedirectInvalid) };
        let hops = opener.hops + 1;
        let mailbox = mailbox.unwrap_or_else(|| opener.mailbox.clone());
        if self.leads_back(from, url, &mailbox) {
            return Err(Cause::HttpRedirectLoop);
        }
        if let Some(known) = self.opened_before(from, url) {
            return Ok(Opened { candidate: known });
        }
        if hops > REDIRECT_LIMIT || self.entries.len() >= CANDIDATE_LIMIT {
            return Err(Cause::HttpRedirectLimit);
        }
        self.followed += 1;
        let id = CandidateId::new(format!("followed-{}", self.followed));
        Ok(self.add(id, Origin::Followed, url, from, mailbox, hops))
    }

    /// Opens a service URL that settings handed out, one for each host; `None` when a bound is reached.
    pub(super) fn open_service(&mut self, from: &CandidateId, url: &Url) -> Option<Opened> {
        let host = url.host_str()?;
        let same = |entry: &&Entry| {
            entry.candidate.origin == Origin::Service
                && entry.candidate.host.as_deref() == Some(host)
                && entry.candidate.opened_by.as_ref() == Some(from)
        };
        let known = self.entries.iter().find(same).map(|entry| entry.candidate.clone());
        if let Some(candidate) = known {
            self.add_further(&candidate.id, url);
            return Some(Opened { candidate });
        }
        if self.entries.len() >= CANDIDATE_LIMIT {
            return None;
        }
        self.services += 1;
        let id = CandidateId::new(format!("service-{}", self.services));
        Some(self.add(id, Origin::Service, url, from, String::new(), 0))
    }

    /// The candidate that stands for asking Active Directory, from now on to be probed; none where it was left out.
    pub(super) fn ask_directory(&mut self) -> Option<Candidate> {
        let lookup = plan::directory_lookup();
        if !self.entries.iter().any(|entry| entry.candidate.id == lookup.id) {
            let mailbox = self.entries.first()?.mailbox.clone();
            self.entries.push(Entry { candidate: lookup.clone(), mailbox, attempts: 0, hops: 0, further: Vec::new() });
        }
        let entry = self.entries.iter_mut().find(|entry| entry.candidate.id == lookup.id)?;
        if entry.candidate.standing == Standing::LeftOut {
            return None;
        }
        entry.candidate.standing = Standing::Probed;
        Some(entry.candidate.clone())
    }

    /// Opens the URL of a service connection point; `None` when a bound is reached. Found again, it is what it was, with
    /// the entry that it comes from now.
    pub(super) fn open_point(&mut self, from: &CandidateId, url: &Url, point: PointSource) -> Option<Candidate> {
        let known = |entry: &&mut Entry| {
            entry.candidate.opened_by.as_ref() == Some(from) && entry.candidate.url.as_deref() == Some(url.as_str())
        };
        if let Some(entry) = self.entries.iter_mut().find(known) {
            entry.candidate.point = Some(point);
            return Some(entry.candidate.clone());
        }
        if self.entries.len() >= CANDIDATE_LIMIT {
            return None;
        }
        let opener = self.get(from)?;
        let mailbox = opener.mailbox.clone();
        let is_url = |entry: &&Entry| entry.candidate.origin == Origin::Scp && entry.candidate.url.is_some();
        let number = self.entries.iter().filter(is_url).count() + 1;
        self.add(CandidateId::new(format!("scp-{number}")), Origin::Scp, url, from, mailbox, 0);
        let entry = self.entries.last_mut()?;
        entry.candidate.point = Some(point);
        Some(entry.candidate.clone())
    }

    fn add_further(&mut self, id: &CandidateId, url: &Url) {
        let Some(entry) = self.entries.iter_mut().find(|entry| entry.candidate.id == *id) else { return };
        let known = same_place(entry.candidate.url.as_deref(), url)
            || entry.further.iter().any(|known| same_place(Some(known.as_str()), url));
        if !known && entry.further.len() < FURTHER_LIMIT {
            entry.further.push(url.clone());
        }
    }

    /// Further URLs of a service's host.
    pub(super) fn further_services(&self, id: &CandidateId) -> Vec<Url> {
        self.get(id).map(|entry| entry.further.clone()).unwrap_or_default()
    }

    fn add(
        &mut self,
        id: CandidateId,
        origin: Origin,
        url: &Url,
        from: &CandidateId,
        mailbox: String,
        hops: usize,
    ) -> Opened {
        let candidate = plan::followed(id, origin, url, from.clone());
        self.entries.push(Entry { candidate: candidate.clone(), mailbox, attempts: 0, hops, further: Vec::new() });
        Opened { candidate }
    }

    /// Whether the settings of this mailbox were asked for at `from`, or at a place on the way there.
    pub(super) fn asked_for(&self, from: &CandidateId, mailbox: &str) -> bool {
        let first = self.get(from);
        let opener = |entry: &&Entry| entry.candidate.opened_by.as_ref().and_then(|opener| self.get(opener));
        std::iter::successors(first, opener).any(|entry| entry.mailbox.eq_ignore_ascii_case(mailbox))
    }

    fn opened_before(&self, from: &CandidateId, url: &Url) -> Option<Candidate> {
        let same = |entry: &&Entry| {
            entry.candidate.opened_by.as_ref() == Some(from) && same_place(entry.candidate.url.as_deref(), url)
        };
        self.entries.iter().find(same).map(|entry| entry.candidate.clone())
    }

    /// Whether the place, asked for the same mailbox, lies on the path of redirects that led to `from`.
    fn leads_back(&self, from: &CandidateId, url: &Url, mailbox: &str) -> bool {
        let mut place = self.get(from);
        while let Some(entry) = place {
            if entry.mailbox.eq_ignore_ascii_case(mailbox) && same_place(entry.candidate.url.as_deref(), url) {
                return true;
            }
            place = entry.candidate.opened_by.as_ref().and_then(|opener| self.get(opener));
        }
        false
    }
}

/// Whether two URLs name the same place: scheme, host and port as the URL standard normalises them, path without case,
/// as IIS compares it.
fn same_place(known: Option<&str>, url: &Url) -> bool {
    let Some(known) = known.and_then(|text| Url::parse(text).ok()) else { return false };
    known.scheme() == url.scheme()
        && known.host_str() == url.host_str()
        && known.port_or_known_default() == url.port_or_known_default()
        && known.path().eq_ignore_ascii_case(url.path())
        && known.query() == url.query()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::PlanInput;

    fn registry() -> Registry {
        let address = crate::address::parse("anna@contoso.test").expect("valid");
        let mailbox = address.ascii();
        let input = PlanInput { address, directory: false, scp_urls: vec![], only: vec![], skip: vec![] };
        Registry::new(plan::plan(&input), mailbox)
    }

    fn url(text: &str) -> Url {
        Url::parse(text).expect("valid")
    }

    #[test]
    fn a_redirect_to_itself_in_any_spelling_is_a_loop() {
        let mut registry = registry();
        let root = CandidateId::new("root");
        for spelling in [
            "https://contoso.test/autodiscover/autodiscover.xml",
            "https://CONTOSO.test:443/Autodiscover/Autodiscover.XML",
        ] {
            assert_eq!(registry.open(&root, &url(spelling), None).err(), Some(Cause::HttpRedirectLoop));
        }
    }

    #[test]
    fn a_loop_over_two_places_is_found() {
        let mut registry = registry();
        let first = registry.open(&CandidateId::new("root"), &url("https://a.test/x"), None).expect("opens");
        let second = registry.open(&first.candidate.id, &url("https://b.test/x"), None).expect("opens");
        let back = registry.open(&second.candidate.id, &url("https://a.test/x"), None);
        assert_eq!(back.err(), Some(Cause::HttpRedirectLoop));
    }

    #[test]
    fn the_eleventh_redirect_is_one_too_many() {
        let mut registry = registry();
        let mut from = CandidateId::new("root");
        for hop in 1..=10 {
            from = registry.open(&from, &url(&format!("https://h{hop}.test/")), None).expect("opens").candidate.id;
        }
        assert_eq!(registry.open(&from, &url("https://h11.test/"), None).err(), Some(Cause::HttpRedirectLimit));
    }

    #[test]
    fn an_address_that_comes_back_is_known() {
        let mut registry = registry();
        let root = CandidateId::new("root");
        let there = registry.open(&root, &url("https://b.test/x"), Some("anna@b.test".into())).expect("opens");
        assert!(registry.asked_for(&there.candidate.id, "Anna@contoso.test"));
        assert!(!registry.asked_for(&root, "anna@b.test"));
    }

    #[test]
    fn another_mailbox_makes_it_another_place() {
        let mut registry = registry();
        let target = url("https://contoso.test/autodiscover/autodiscover.xml");
        let opened = registry.open(&CandidateId::new("root"), &target, Some("b@contoso.test".into()));
        assert!(opened.is_ok());
    }
}
