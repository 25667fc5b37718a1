//! A sign-in page that answers in the servers' place, and what only looks like one.

use super::{network::world, *};
use crate::finding::Certainty::{Likely, Possible, Proven};
use PromptKind::SecurityAlert;

const HOST: &str = "autodiscover.contoso.test";

/// One certificate at the website, at the mail server and, where port 80 leads, at its own host.
fn caught(names: &[&str], root: &str, location: &str) -> World {
    let redirect = [("location", location)];
    world()
        .absent("srv")
        .mail_server("mail.contoso.test", "203.0.113.10")
        .dns("root", root)
        .certificate("root", names)
        .http("root", 200, false)
        .xml("root", Cause::XmlHtml, AutodiscoverAnswer::bare(AnswerKind::Html))
        .prompt("root", SecurityAlert, "contoso.test")
        .dns("autodiscover", "203.0.113.10")
        .certificate("autodiscover", names)
        .prompt("autodiscover", SecurityAlert, HOST)
        .http_with("redirect", 302, false, &redirect, "")
        .prompt("redirect", PromptKind::Consent, "wifi.hotel.test")
}

/// The place that port 80 leads to has an address of the network around this machine.
fn in_house(mut world: World) -> World {
    let (id, opener) = (CandidateId::new("followed-1"), CandidateId::new("redirect"));
    world.add(plan::followed(id, Origin::Followed, &WELCOME.parse().expect("a URL"), opener));
    world.dns("followed-1", "10.20.0.1")
}

const HOTEL: &[&str] = &["wifi.hotel.test"];
const WELCOME: &str = "https://wifi.hotel.test/welcome";

#[test]
fn a_sign_in_page_in_the_servers_place() {
    let hotel = in_house(caught(HOTEL, "198.51.100.20", WELCOME));
    hotel.gives(&["captive-portal-or-filter"]);
    let finding = hotel.find("captive-portal-or-filter");
    assert_eq!((finding.certainty, finding.candidates.len()), (Likely, 2));
    // Over http as well, which would be a fault of a redirect that was meant.
    let plain = in_house(caught(HOTEL, "198.51.100.20", "http://wifi.hotel.test/welcome"));
    plain.end("redirect", Stage::Http, Cause::HttpRedirectNotHttps).gives(&["captive-portal-or-filter"]);
    // At a public address it may as well be where a domain is parked: the records are what to look at first.
    let parked = caught(HOTEL, "198.51.100.20", WELCOME);
    assert_eq!(parked.find("captive-portal-or-filter").certainty, Possible);
    assert_eq!(parked.find("captive-portal-or-filter").severity, Severity::Minor);
    assert_ne!(parked.ids().first().map(String::as_str), Some("captive-portal-or-filter"));
    assert!(parked.ids().contains(&"root-domain-webhost-cert".to_owned()), "{:?}", parked.ids());
    // Microsoft's host shows it too, though this client does not ask there, and port 80 leads nowhere.
    let control = caught(HOTEL, "198.51.100.20", "").dns("office365", "203.0.113.41");
    let control = control.certificate("office365", HOTEL).role("office365", Role::Unreached);
    assert_eq!(control.find("captive-portal-or-filter").certainty, Proven);
}

#[test]
fn one_certificate_that_is_no_sign_in_pages() {
    let is_caught = |world: World| world.ids().contains(&"captive-portal-or-filter".to_owned());
    assert!(is_caught(caught(HOTEL, "198.51.100.20", WELCOME)));
    // One server for both names, a certificate of one's own, and a redirect to another place.
    assert!(!is_caught(caught(HOTEL, "203.0.113.10", WELCOME)));
    assert!(!is_caught(caught(&["wifi.contoso.test"], "198.51.100.20", "https://wifi.contoso.test/")));
    assert!(!is_caught(caught(HOTEL, "198.51.100.20", "https://mail.contoso.test/")));
    // Exchange does not stand behind a portal.
    assert!(!is_caught(caught(HOTEL, "198.51.100.20", WELCOME).http("autodiscover", 401, true)));
}
