//! What holds for the remedies of every scenario of the lab, for every client family: they name this run's facts, lose
//! nothing, contradict nothing that was seen, and can be pasted.

#[path = "remedies/powershell.rs"]
mod powershell;

mod support;

use discoscope::{
    assumption::Assumption,
    catalogue,
    diagnosis::Diagnosis,
    event::{ClientFamily, DnsData, DnsStatus, Evidence, Origin, Purpose, View},
    finding::{Finding, Remedy},
    lab,
    model::{CandidateState, Model},
    walk::VerdictClass,
};

/// Scenarios that run at the same time.
const AT_ONCE: usize = 8;
/// Places that stand for a fact that the run did not see.
const GAPS: [&str; 6] = [
    "<name of the mail server>",
    "<address of the mail server>",
    "<a name that the mail server's certificate lists>",
    "<target of the SRV record>",
    "<address>",
    "<host name>",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn remedies_fit_what_was_seen() {
    let scenarios = lab::scenarios().expect("all files can be read");
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for group in scenarios.chunks(AT_ONCE) {
        let runs = group.iter().map(support::envelopes);
        for (scenario, envelopes) in group.iter().zip(futures_util::future::join_all(runs).await) {
            for client in ClientFamily::ALL {
                let (model, diagnosis) = support::conclude(&envelopes, client);
                seen += diagnosis.findings.iter().map(|finding| finding.remedies.len()).sum::<usize>();
                for complaint in complaints(&model, &diagnosis) {
                    let line = format!("{}: {complaint}", scenario.name);
                    if !wrong.contains(&line) {
                        wrong.push(line);
                    }
                }
            }
        }
    }
    assert!(seen > 1000, "only {seen} remedies: this check would prove little");
    assert!(wrong.is_empty(), "{} complaints\n{}", wrong.len(), wrong.join("\n"));
}

/// What the page says comes first stays first, unless it is in vain.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_decides_what_comes_first() {
    for (name, client, id, kind, word) in [
        // Its promise reaches an earlier step than today's verdict, which is the aim.
        ("scp-url-without-path", ClientFamily::Outlook2016, "service-url-missing-path", "exchange", "Active Directory"),
        // The other way would lead to an alert.
        ("outlook-too-old-for-srv", ClientFamily::Outlook2007Rtm, "outlook-too-old-for-srv", "steps", "Update"),
        ("handshake-stalls", ClientFamily::Outlook365, "tls-handshake-stalls", "shell", "Find out"),
        // Nobody saw Exchange there, and a page that says 404 gives no settings.
        ("redirect-loop", ClientFamily::Outlook365, "redirect-loop", "shell", "rules"),
        ("clock-skew", ClientFamily::Outlook365, "clock-skew", "powershell", "by hand"),
        ("request-body-lost", ClientFamily::Outlook365, "xml-error-code", "shell", "loses the question"),
        ("website-catch-all-200", ClientFamily::Outlook365, "website-catch-all-200", "zone", "mail server"),
        // What was seen there is an old certificate, not a service that stands still.
        (
            "federation-endpoint-unreachable",
            ClientFamily::Outlook365,
            "federation-endpoint-unreachable",
            "powershell",
            "Renew",
        ),
    ] {
        let scenario = lab::scenario(name).expect("the lab has it");
        let (_, diagnosis) = support::conclude(&support::envelopes(&scenario).await, client);
        let finding = diagnosis.findings.iter().find(|finding| finding.id == id);
        let first = finding.and_then(|finding| finding.remedies.first()).unwrap_or_else(|| panic!("{name}: no {id}"));
        assert!(first.kind == kind && first.title.contains(word), "{name}: {} {:?}", first.kind, first.title);
    }
}

fn complaints(model: &Model, diagnosis: &Diagnosis) -> Vec<String> {
    let mut wrong = Vec::new();
    for finding in &diagnosis.findings {
        let mut complain = |words: String| wrong.push(format!("{}: {words}", finding.id));
        if let Some(first) = finding.remedies.first().filter(|first| has_gap(first))
            && finding.remedies.iter().any(|remedy| !has_gap(remedy))
        {
            complain(format!("{:?} comes first and lacks what it is about", first.title));
        }
        for remedy in &finding.remedies {
            let title = &remedy.title;
            let worse = |class: VerdictClass| {
                class != VerdictClass::Inconclusive && class.badness() > diagnosis.verdict.class.badness()
            };
            if let Some(prospect) = remedy.leads_to.as_ref().filter(|prospect| worse(prospect.class)) {
                let today = diagnosis.verdict.class.as_str();
                complain(format!("{title:?} makes {} out of {today}", prospect.class.as_str()));
            }
            for name in lost_names(model, finding, &remedy.text) {
                complain(format!("{title:?} asks for a certificate without {name}"));
            }
            for (zone, told) in contradicted_zones(model, &remedy.text) {
                complain(format!("{title:?} names the zone {zone}, which is part of {told}"));
            }
            if remedy.steps.contains("marked \"delete\"") && !remedy.text.contains("; delete") {
                complain(format!("{title:?} speaks of records to delete and lists none"));
            }
            if let Some(line) = repeats(model, finding, remedy) {
                complain(format!("{title:?} repeats what is there: {line}"));
            }
            if let Some(line) = alias_beside_text(&remedy.text) {
                complain(format!("{title:?} adds a record beside an alias: {line}"));
            }
            if let Some(problem) = powershell::complaint(&remedy.kind, &remedy.text) {
                complain(format!("{title:?} is no PowerShell: {problem}"));
            }
            for line in unquoted(remedy) {
                complain(format!("{title:?} has a bare gap: {line}"));
            }
        }
    }
    wrong
}

fn has_gap(remedy: &Remedy) -> bool {
    [&remedy.title, &remedy.text].iter().any(|text| GAPS.iter().any(|gap| text.contains(gap)))
}

/// Public names of the certificate in question that the request leaves out. The name of a misspelling is meant to go.
fn lost_names(model: &Model, finding: &Finding, text: &str) -> Vec<String> {
    let Some((_, rest)) = text.split_once("-DomainName ").filter(|_| text.contains("New-ExchangeCertificate")) else {
        return Vec::new();
    };
    let wanted: Vec<&str> = rest.split_whitespace().next().unwrap_or_default().split(',').collect();
    let candidates = finding.candidates.iter().filter_map(|id| model.candidate(id));
    let leaves = candidates.filter_map(|state| state.handshake()?.leaf());
    let mut lost = Vec::new();
    for leaf in leaves {
        let public = leaf.dns_names().into_iter().map(str::to_lowercase).filter(|name| name.ends_with(".test"));
        let names: Vec<String> = public.filter(|name| name.contains('.')).collect();
        let kept = names.iter().filter(|name| wanted.contains(&name.as_str())).count();
        let missing: Vec<String> = names.iter().filter(|name| !wanted.contains(&name.as_str())).cloned().collect();
        // A stranger's certificate has nothing to keep, and one misspelt name is meant to go.
        if kept > 0 && missing.len() > usize::from(finding.id == "san-typo") {
            lost.extend(missing);
        }
    }
    lost
}

/// Zones of DNS commands that an SOA record of the run says are not zones, with what they are part of.
fn contradicted_zones(model: &Model, text: &str) -> Vec<(String, String)> {
    let mut zones: Vec<&str> = Vec::new();
    for line in text.lines().filter(|line| !line.contains("Add-DnsServerPrimaryZone")) {
        zones.extend(line.split_once("-ZoneName \"").and_then(|(_, rest)| rest.split('"').next()));
        let command =
            line.strip_prefix("dnscmd . /RecordAdd ").or_else(|| line.strip_prefix("dnscmd . /RecordDelete "));
        zones.extend(command.and_then(|rest| rest.split_whitespace().next()));
    }
    // One that the text itself creates is there by then.
    zones.retain(|zone| !text.contains(&format!("Add-DnsServerPrimaryZone -Name \"{zone}\"")));
    let is_under =
        |name: &str, zone: &str| name.strip_suffix(zone).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    let mut wrong = Vec::new();
    for zone in zones {
        for answer in answers(model).filter(|answer| answer.view == View::System) {
            let told = answer.authority.as_ref().map(|authority| authority.zone.as_str()).unwrap_or(zone);
            let registered = told.contains('.') && answer.status != DnsStatus::ServerFailure;
            if registered && is_under(&answer.question.name, zone) && zone != told && is_under(zone, told) {
                wrong.push((zone.to_owned(), told.to_owned()));
                break;
            }
        }
    }
    wrong
}

fn answers(model: &Model) -> impl Iterator<Item = &discoscope::event::DnsAnswer> {
    let of_run = model.facts.iter().filter_map(|evidence| match evidence {
        Evidence::Dns(answer) => Some(answer),
        _ => None,
    });
    model.candidates.iter().flat_map(CandidateState::dns).chain(of_run)
}

/// What a remedy would add although it is there already.
fn repeats(model: &Model, finding: &Finding, remedy: &Remedy) -> Option<String> {
    let there = |name: &str, data: &DnsData| {
        answers(model).any(|answer| {
            let same = |one: &DnsData| match (one, data) {
                (DnsData::Srv { port, target, .. }, DnsData::Srv { port: other_port, target: other, .. }) => {
                    port == other_port && target == other
                }
                (one, other) => one == other,
            };
            answer.view == View::System
                && answer.purpose == Purpose::Lookup
                && answer.records.iter().any(|record| record.name == *name && same(&record.data))
        })
    };
    let directory: Vec<&str> =
        model.of_origin(Origin::Scp).filter_map(|state| state.candidate.url.as_deref()).collect();
    // Leaving one of several records is said as adding that one.
    if finding.id == "srv-multiple-records-disagree" {
        return None;
    }
    let repeated = remedy.assumes.iter().find(|assumption| match assumption {
        Assumption::Added { name, data } => there(name, data),
        Assumption::Directory { url } => {
            directory.iter().any(|held| held.eq_ignore_ascii_case(url.as_str())) && directory.len() == 1
        }
        _ => false,
    });
    repeated.map(ToString::to_string)
}

/// A text record that is added while the alias of the same name is still there (RFC 1034 3.6.2).
fn alias_beside_text(text: &str) -> Option<&str> {
    let added = |line: &&str| line.contains("-Txt ") || line.contains("TXT \"no service\"");
    let place = text.lines().position(|line| added(&line))?;
    let removes = |line: &str| {
        (line.starts_with("Remove-DnsServer") || line.contains("/RecordDelete "))
            && line.to_uppercase().contains("CNAME")
    };
    text.lines().skip(place).find(|line| removes(line))
}

/// Lines with a gap that a shell would read as a redirection.
fn unquoted(remedy: &Remedy) -> Vec<String> {
    if !["powershell", "exchange", "dnscmd", "iis", "shell"].contains(&remedy.kind.as_str())
        || remedy.text == remedy.steps
    {
        return Vec::new();
    }
    remedy.text.lines().filter(|line| has_bare_gap(line)).map(str::to_owned).collect()
}

fn has_bare_gap(line: &str) -> bool {
    let (mut quote, mut previous) = (None, ' ');
    let letters: Vec<char> = line.chars().collect();
    for (place, letter) in letters.iter().copied().enumerate() {
        match quote {
            Some(open) if letter == open => quote = None,
            None if letter == '"' || letter == '\'' => quote = Some(letter),
            None if letter == '#' && previous == ' ' => return false,
            None if letter == '<' && letters.get(place + 1).is_some_and(|next| next.is_alphabetic()) => return true,
            _ => {}
        }
        previous = letter;
    }
    false
}

#[test]
fn pages_have_no_bare_gap_either() {
    let shells = ["powershell", "exchange", "dnscmd", "iis"];
    let mut wrong = Vec::new();
    for page in catalogue::pages() {
        for remedy in page.remedies.iter().filter(|remedy| shells.contains(&remedy.kind)) {
            let bare = remedy.text.lines().filter(|line| has_bare_gap(line));
            wrong.extend(bare.map(|line| format!("{} / {}: {line}", page.id, remedy.id)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Remedies are sorted and left out by the run, so a text must not count on what stands before or behind it.
#[test]
fn no_remedy_points_at_another_by_its_place() {
    let mut wrong = Vec::new();
    for page in catalogue::pages() {
        for remedy in &page.remedies {
            for text in [remedy.title, &remedy.steps, remedy.risk, remedy.undo, remedy.check] {
                let plain =
                    text.replace("servers above it", "").replace("below a minute", "").replace("directory below", "");
                let words = plain.split(|letter: char| !letter.is_alphanumeric());
                let pointing = words.filter(|word| ["above", "below"].contains(word)).count() > 0;
                if pointing || text.contains("(see the") {
                    wrong.push(format!("{} / {}: {text}", page.id, remedy.id));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whoever must act is seldom the reader, so that a page of a fault ends with what to send to them.
#[test]
fn every_fault_that_others_cure_has_a_ticket() {
    let others = ["dns-host", "web-host", "exchange-admin", "network"];
    let grave = catalogue::pages().iter().filter(|page| ["blocker", "major"].contains(&page.severity));
    let mut without = Vec::new();
    for page in grave.filter(|page| others.contains(&page.owner) && page.question.is_none()) {
        match page.remedies.iter().find(|remedy| remedy.kind == "ticket") {
            // Made for this run: a name or a line of it stands in the text.
            Some(ticket) if ticket.text.contains('{') => {}
            _ => without.push(page.id),
        }
    }
    assert!(without.is_empty(), "no ticket: {without:?}");
}

/// A run sorts the remedies and leaves some out, so that a title has to stand for itself.
#[test]
fn no_title_leans_on_another_remedy() {
    let leaning = ["Or ", "Otherwise", "The same", "Then", "Also ", "Until then", "At once", "Instead", "Likewise"];
    for page in catalogue::pages() {
        for remedy in &page.remedies {
            let leans = leaning.iter().find(|words| remedy.title.starts_with(**words));
            assert!(leans.is_none(), "{}: {:?}", page.id, remedy.title);
        }
    }
}

/// A ticket asks for a cure, so it never stands before the first one that its page offers.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ticket_never_stands_before_the_cure_it_asks_for() {
    for (name, client) in [
        ("client-certificate-vdir", ClientFamily::Outlook365),
        ("srv-port-not-443", ClientFamily::Outlook365),
        ("nxdomain-rewritten", ClientFamily::Outlook2007Rtm),
        ("sni-default-vhost", ClientFamily::Outlook2007Rtm),
    ] {
        let scenario = lab::scenario(name).expect("the lab has it");
        let (_, diagnosis) = support::conclude(&support::envelopes(&scenario).await, client);
        for finding in &diagnosis.findings {
            let first = finding.remedies.first().map(|remedy| remedy.is_ticket());
            let alone = finding.remedies.iter().all(Remedy::is_ticket);
            assert!(alone || first != Some(true), "{name}: {} begins with a ticket", finding.id);
        }
    }
}

/// What the run knows stands in the texts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_run_knows_is_filled_in() {
    for (name, id, wanted, unwanted) in [
        ("split-dns-mismatch", "split-dns-mismatch", "-Name \"autodiscover\" -IPv4Address 203.0.113.10", "<thumbprint"),
        ("record-inside-only", "split-dns-mismatch", "IN CNAME mail.contoso.test.", "<internal address"),
        (
            "record-outside-elsewhere",
            "split-dns-mismatch",
            "; delete: autodiscover.contoso.test. IN A 203.0.113.66",
            "<",
        ),
        ("pc-switch-left-behind", "registry-excludes-left-behind", "\"ExcludeHttpsRootDomain\"=-", "ExcludeSrvRecord"),
        (
            "federation-endpoint-unreachable",
            "federation-endpoint-unreachable",
            "certificate has expired",
            "unreachable, or",
        ),
        ("scp-new-server-unconfigured", "scp-new-server-unconfigured", "Export-ExchangeCertificate", "<thumbprint"),
        ("proxied-by-cdn", "proxied-by-cdn", "does not hold either", "{"),
    ] {
        let scenario = lab::scenario(name).expect("the lab has it");
        let (_, diagnosis) = support::conclude(&support::envelopes(&scenario).await, ClientFamily::Outlook365);
        let finding =
            diagnosis.findings.iter().find(|finding| finding.id == id).unwrap_or_else(|| panic!("{name}: no {id}"));
        let texts: Vec<&str> = finding.remedies.iter().map(|remedy| remedy.text.as_str()).collect();
        assert!(texts.iter().any(|text| text.contains(wanted)), "{name}: {texts:#?}");
        let open = texts.iter().find(|text| text.contains(unwanted));
        assert!(open.is_none(), "{name}: {open:#?}");
    }
}
