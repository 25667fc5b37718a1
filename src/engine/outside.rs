//! Questions about the domain to somebody outside: Microsoft, and the sign-in server that Microsoft names.

use super::{Job, Run, say};
use crate::{
    event::{Event, Evidence, OutsideKind, OutsideQuestion, Stage},
    probe::outside,
};

/// Asks Microsoft what it knows of the domain, and of a federated domain the company's own sign-in server.
pub(super) async fn ask(run: &Run) -> Vec<Job> {
    let domain = &run.setup.input.address.domain;
    let net = &run.setup.net;
    let asked = outside::questions_to_microsoft(domain);
    let asked = asked.iter().map(|(kind, url)| outside::ask(net, *kind, url, domain));
    // In the order asked, so that reports of two runs read alike.
    let mut servers = Vec::new();
    for question in futures_util::future::join_all(asked).await {
        servers.extend(question.sign_in.clone().filter(|_| is_federated(&question)));
        observed(run, question);
    }
    if let Some(url) = servers.into_iter().find_map(|url| outside::question_to_sign_in_server(&url)) {
        observed(run, outside::ask(net, OutsideKind::SignInServer, &url, domain).await);
    }
    Vec::new()
}

fn is_federated(question: &OutsideQuestion) -> bool {
    question.namespace.as_deref().is_some_and(|namespace| namespace.eq_ignore_ascii_case("federated"))
}

fn observed(run: &Run, question: OutsideQuestion) {
    let evidence = Evidence::Outside(Box::new(question));
    say(&run.events, Event::Observed { candidate: None, stage: Stage::Http, evidence });
}
