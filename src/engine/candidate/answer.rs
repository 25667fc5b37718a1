//! The request, its answer, and where the answer leads.

use super::{Attempt, sign_in::SignedIn};
use crate::{
    event::{
        AnswerKind, AutodiscoverAnswer, Blocker, CandidateId, Cause, ClientCertificateDemand, Event, Evidence,
        HttpExchange, HttpFailure, Origin, OriginOfRedirect, Outcome, Stage, TlsHandshake,
    },
    plan::PATH,
    probe::{http, sign_in::Scrubber, tls, xml},
};
use std::net::SocketAddr;
use url::Url;

/// Service URLs of one answer that are looked at.
const SERVICE_LIMIT: usize = 8;

impl Attempt<'_> {
    /// HTTP and XML over an open connection. `unsettled` is a handshake whose client certificate question only the
    /// answer decides.
    pub(super) async fn ask(
        &self,
        connection: http::Connection,
        address: SocketAddr,
        url: &Url,
        unsettled: Option<(TlsHandshake, u128)>,
    ) -> Vec<CandidateId> {
        let began = self.emit.start(Stage::Http);
        let kind = self.kind();
        let ask = match kind {
            http::RequestKind::Post => http::outlook_post(url.clone(), &self.mailbox, address),
            http::RequestKind::RedirectProbe => http::redirect_probe(url.clone(), address),
            http::RequestKind::Service => http::service_get(url.clone(), address),
        };
        let (exchange, body) = http::exchange(connection, &ask, &self.run.setup.net.limits).await;
        let elapsed = began.elapsed().as_micros();
        let (exchange, body) = self.negotiate_again(exchange, body, &ask).await;
        if let Some((mut handshake, tls_elapsed)) = unsettled {
            tls::settle_client_certificate(&mut handshake, &exchange);
            self.finish_tls(&handshake, tls_elapsed);
        }
        let mut outcome = http::outcome(&exchange, kind);
        self.emit.observed(Stage::Http, Evidence::Http(Box::new(exchange.clone())));
        let mut opened = Vec::new();
        let asks_for_settings = kind == http::RequestKind::Post;
        let signed_in = if asks_for_settings { self.sign_in(&ask, &exchange).await } else { None };
        if asks_for_settings && signed_in.is_none() {
            self.ask_ntlm(&ask, &exchange).await;
        }
        // What the client goes on with: the answer to somebody who signed in, else the one to nobody.
        let (reply, body, scrubber) = match signed_in {
            Some(SignedIn { outcome: end, answer, scrubber }) => {
                outcome = end;
                let (reply, body) = answer.unwrap_or((exchange.clone(), body));
                (reply, body, Some(scrubber))
            }
            None => (exchange.clone(), body, None),
        };
        if outcome == Outcome::Passed
            && kind != http::RequestKind::Service
            && let Some(Ok(target)) = http::redirect_target(&reply)
        {
            match self.follow(&target, OriginOfRedirect::HttpStatus, target.as_str(), None) {
                Ok(id) => opened.push(id),
                Err(cause) => outcome = Outcome::Failed { cause },
            }
        }
        self.emit.finish_after(Stage::Http, outcome, elapsed);
        if self.needs_other_path(&exchange, outcome) {
            self.ask_beside(&http::other_path(url, address)).await;
        }
        let answer = self.read(kind, &reply, outcome, &body, scrubber.as_ref(), &mut opened);
        self.beside_the_answer(address, url, &exchange, outcome).await;
        let further = self.run.registry().further_services(&self.candidate.id);
        for further in further {
            self.ask_beside(&http::further_service(further, address)).await;
        }
        if let Some(answer) = answer.filter(|answer| answer.kind == AnswerKind::ImapPop) {
            self.mail_services(&answer).await;
        }
        opened
    }

    /// Where the server asked for a client certificate after the request, asks once more by a library that negotiates
    /// again, as SChannel does, and has none to show: an answer then is what Outlook gets.
    async fn negotiate_again(
        &self,
        mut exchange: HttpExchange,
        body: Vec<u8>,
        ask: &http::HttpAsk,
    ) -> (HttpExchange, Vec<u8>) {
        if exchange.failure != Some(HttpFailure::ClientCertificateAsked) || !self.run.setup.canaries {
            return (exchange, body);
        }
        let Some(connection) = self.by_other_library(ask.address, false).await else { return (exchange, body) };
        let (mut answer, text) = http::exchange(connection, ask, &self.run.setup.net.limits).await;
        let demand = tls::legacy::demand(&answer);
        answer.client_certificate = Some(demand);
        if answer.status.is_some() && demand != ClientCertificateDemand::Undecided {
            return (answer, text);
        }
        exchange.client_certificate = Some(demand);
        (exchange, body)
    }

    fn kind(&self) -> http::RequestKind {
        match self.candidate.origin {
            Origin::Redirect => http::RequestKind::RedirectProbe,
            Origin::Service => http::RequestKind::Service,
            _ => http::RequestKind::Post,
        }
    }

    /// XML: only a 200 to the POST holds an answer.
    fn read(
        &self,
        kind: http::RequestKind,
        exchange: &HttpExchange,
        outcome: Outcome,
        body: &[u8],
        scrubber: Option<&Scrubber>,
        opened: &mut Vec<CandidateId>,
    ) -> Option<AutodiscoverAnswer> {
        if kind != http::RequestKind::Post {
            self.emit.not_applicable(Stage::Xml);
            return None;
        }
        let blocker = match exchange.status {
            _ if !outcome.is_through() => Some(Blocker::Http),
            Some(200) => None,
            Some(401) => Some(Blocker::Password),
            _ => Some(Blocker::Redirect),
        };
        if let Some(blocker) = blocker {
            self.emit.skip_from(Stage::Xml, blocker);
            return None;
        }
        let began = self.emit.start(Stage::Xml);
        let mut answer = xml::read(body, exchange.header("content-type"));
        if let Some(scrubber) = scrubber {
            scrubber.answer(&mut answer);
        }
        let mut outcome = if exchange.body.as_ref().is_some_and(|body| body.truncated) {
            Outcome::Failed { cause: Cause::XmlTooLarge }
        } else {
            xml::outcome(&answer)
        };
        match self.lead_on(&answer) {
            Ok(places) => opened.extend(places),
            Err(cause) => outcome = Outcome::Failed { cause },
        }
        self.emit.observed(Stage::Xml, Evidence::Xml(Box::new(answer.clone())));
        self.emit.finish(Stage::Xml, outcome, began);
        Some(answer)
    }

    /// A local file in the place of an answer: nothing is asked, and what it names is followed as an answer's would be.
    pub(super) fn read_file(&self) -> Vec<CandidateId> {
        for stage in [Stage::Dns, Stage::Tcp, Stage::Tls, Stage::Http] {
            self.emit.not_applicable(stage);
        }
        let began = self.emit.start(Stage::Xml);
        let path = self.candidate.url.as_deref().unwrap_or_default();
        let mut opened = Vec::new();
        let outcome = match self.run.local_file(path) {
            Some(Ok(bytes)) => {
                let answer = xml::read(&bytes, None);
                let outcome = match self.lead_on(&answer) {
                    Ok(places) => {
                        opened = places;
                        xml::outcome(&answer)
                    }
                    Err(cause) => Outcome::Failed { cause },
                };
                self.emit.observed(Stage::Xml, Evidence::Xml(Box::new(answer)));
                outcome
            }
            // Why it cannot be read stands among what was read on the PC.
            Some(Err(_)) | None => Outcome::Failed { cause: Cause::XmlEmpty },
        };
        self.emit.finish(Stage::Xml, outcome, began);
        opened
    }

    /// Opens what the content names: another URL, another address, or the service URLs of settings.
    fn lead_on(&self, answer: &AutodiscoverAnswer) -> Result<Vec<CandidateId>, Cause> {
        match answer.kind {
            AnswerKind::RedirectUrl => {
                let target = answer.redirect.as_deref().unwrap_or_default();
                let url = Url::parse(target).map_err(|_| Cause::HttpRedirectInvalid)?;
                if url.scheme() != "https" {
                    return Err(Cause::HttpRedirectNotHttps);
                }
                Ok(vec![self.follow(&url, OriginOfRedirect::RedirectUrl, target, None)?])
            }
            AnswerKind::RedirectAddr => self.restart(answer.redirect.as_deref().unwrap_or_default()),
            AnswerKind::Settings => Ok(self.services(answer)),
            _ => Ok(Vec::new()),
        }
    }

    /// `redirectAddr`: the search starts again with another address (KB3211279), here its two https places at once.
    /// The same address again, or one that led here, is invalid by rule (EWS "Handling Autodiscover error messages").
    fn restart(&self, typed: &str) -> Result<Vec<CandidateId>, Cause> {
        let address = crate::address::parse(typed).map_err(|_| Cause::HttpRedirectInvalid)?;
        let mailbox = address.ascii();
        if self.run.registry().asked_for(&self.candidate.id, &mailbox) {
            return Err(Cause::XmlRedirectAddressLoop);
        }
        let mut opened = Vec::new();
        for host in [address.domain.clone(), format!("autodiscover.{}", address.domain)] {
            let Ok(url) = Url::parse(&format!("https://{host}{PATH}")) else { continue };
            match self.follow(&url, OriginOfRedirect::RedirectAddr, &mailbox, Some(mailbox.clone())) {
                Ok(id) => opened.push(id),
                // One of the two places is enough to go on with.
                Err(_) if !opened.is_empty() => break,
                Err(Cause::HttpRedirectLoop) => return Err(Cause::XmlRedirectAddressLoop),
                Err(cause) => return Err(cause),
            }
        }
        Ok(opened)
    }

    fn services(&self, answer: &AutodiscoverAnswer) -> Vec<CandidateId> {
        let given = answer.protocols.iter().flat_map(|protocol| &protocol.urls);
        let given = given.filter_map(|service| Url::parse(&service.url).ok()).filter(|url| url.scheme() == "https");
        // Outlook Anywhere is named by its host alone (\[MS-RPCH\] 2.2.2: the path is always the same).
        let anywhere = answer.protocols.iter().filter(|protocol| protocol.kind.eq_ignore_ascii_case("EXPR"));
        let anywhere = anywhere.filter_map(|protocol| {
            let url = Url::parse(&format!("https://{}/rpc/rpcproxy.dll", protocol.server.as_deref()?)).ok()?;
            // A name and nothing else.
            (url.path() == "/rpc/rpcproxy.dll" && url.username().is_empty() && url.query().is_none()).then_some(url)
        });
        let urls = given.chain(anywhere);
        let mut opened = Vec::new();
        for url in urls {
            if opened.len() == SERVICE_LIMIT {
                break;
            }
            let place = self.run.registry().open_service(&self.candidate.id, &url);
            if let Some(place) = place
                && !opened.contains(&place.candidate.id)
            {
                opened.push(place.candidate.id.clone());
                self.emit.say(Event::CandidateQueued { candidate: place.candidate });
            }
        }
        opened
    }

    fn follow(
        &self,
        url: &Url,
        by: OriginOfRedirect,
        location: &str,
        mailbox: Option<String>,
    ) -> Result<CandidateId, Cause> {
        let opened = self.run.registry().open(&self.candidate.id, url, mailbox);
        let to = match &opened {
            Ok(place) => {
                self.emit.say(Event::CandidateQueued { candidate: place.candidate.clone() });
                Some(place.candidate.id.clone())
            }
            Err(_) => None,
        };
        self.emit.say(Event::Redirected {
            from: self.candidate.id.clone(),
            to,
            by,
            location: crate::text::sanitise_line(location),
        });
        opened.map(|place| place.candidate.id)
    }

    /// Whether what came back could be the directory's alone, which only another path of the host can tell.
    fn needs_other_path(&self, exchange: &HttpExchange, outcome: Outcome) -> bool {
        let over_tls = exchange.url.starts_with("https:");
        // The canary's handshake is the usual library's, which a server reached by the other one refuses.
        let by_usual_library = exchange.library.is_none() || exchange.client_certificate.is_some();
        let no_answer = matches!(
            exchange.failure,
            Some(
                HttpFailure::ClientCertificateAsked
                    | HttpFailure::Closed
                    | HttpFailure::Reset
                    | HttpFailure::Alert { .. }
                    | HttpFailure::TimedOut
            )
        );
        let suspicious = matches!(
            outcome.cause(),
            Some(Cause::HttpClientCertificateRequired | Cause::HttpUnavailable | Cause::HttpServerError)
        );
        // A page where settings belong: does the site answer everything so?
        let page = exchange.status == Some(200)
            && exchange.header("content-type").is_some_and(|kind| kind.to_ascii_lowercase().contains("html"));
        self.run.setup.canaries && over_tls && by_usual_library && (no_answer || suspicious || page)
    }
}
