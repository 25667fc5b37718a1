#![allow(clippy::unwrap_used, reason = "tests")]

mod servers;

use super::*;
use crate::{event::ClientFamily, walk::Role};

/// The scenarios of design section 7, and one for every further finding that the network can prove.
const NAMES: [&str; 129] = [
    "all-methods-disabled",
    "apppool-stopped-503",
    "auth-prompt-loop",
    "autodetect-cloud-cache-stale",
    "autodiscover-record-absent",
    "autodiscover-tld-leak",
    "autossl-cannot-renew-autodiscover",
    "backend-444-cert-missing",
    "captive-portal-or-filter",
    "certificate-not-bound",
    "certprincipalname-mismatch",
    "client-certificate-403",
    "client-certificate-vdir",
    "clock-skew",
    "cname-wildcard-zone",
    "cpanel-answers-imap",
    "credentials-refused",
    "cross-forest-remnant",
    "device-demands-client-cert",
    "dns-cache-stale",
    "dns-server-failing",
    "dns-suffix-search-rewrites",
    "domain-absent",
    "eas-451-unsupported",
    "expired",
    "extended-protection-tls-terminated",
    "federation-endpoint-unreachable",
    "handler-missing-405",
    "handshake-stalls",
    "healthy",
    "healthy-microsoft365",
    "healthy-redirect",
    "healthy-scp-pointer",
    "healthy-srv",
    "hma-resource-missing",
    "hosts-file-override",
    "http-redirect-prompt",
    "hybrid-autodiscover-points-at-cloud",
    "iis-redirect-inherited",
    "imap-xml-correct-but-outlook-new-ignores",
    "inbound-filter-blocks-cloud-detector",
    "incomplete-chain",
    "internal-name-local",
    "internal-scp-name",
    "ipv6-address-dead",
    "json-v2-missing-or-broken",
    "legacy-auth-blocked",
    "local-profile-fault",
    "m365-cname-missing",
    "m365-cname-wrong-target",
    "mailbox-or-licence-not-ready",
    "malformed-or-wrong-namespace-xml",
    "mapihttp-disabled-client",
    "mobilesync-only-responder",
    "multiple-a-records-one-dead",
    "negative-cache-after-fix",
    "new-outlook-or-mobile-differs",
    "not-tls-on-443",
    "nxdomain-rewritten",
    "o365-endpoint-tried-first",
    "one-certificate-per-address",
    "outlook-too-old-for-srv",
    "path-case-sensitive-404",
    "pc-hosts-override",
    "pc-last-known-good-stale",
    "pc-local-xml",
    "pc-machine-proxy",
    "pc-proxy-script-file",
    "pc-redirect-server",
    "pc-switch-left-behind",
    "port-443-filtered",
    "port80-closed-redirect-needed",
    "post-becomes-get",
    "private-address-in-public-dns",
    "private-ca-not-trusted",
    "proxied-by-cdn",
    "record-inside-only",
    "record-outside-elsewhere",
    "redirect-address-circle",
    "redirect-loop",
    "redirect-target-not-https",
    "redirectaddr-loop-or-dead",
    "registry-value-misspelt",
    "request-body-lost",
    "reverse-proxy-preauth-form",
    "root-domain-silent",
    "root-is-domain-controller",
    "root-website-certificate",
    "san-typo",
    "scp-change-not-replicated",
    "scp-new-server-unconfigured",
    "scp-of-other-forest",
    "scp-stale-after-migration",
    "scp-trusted-redirect-list-missing",
    "scp-url-without-path",
    "scp-wrong-server",
    "scp-wrong-site",
    "self-signed-internal-names",
    "service-urls-elsewhere",
    "sni-default-vhost",
    "split-dns-mismatch",
    "srv-multiple-records-disagree",
    "srv-port-not-443",
    "srv-shadowed",
    "srv-target-bad",
    "srv-wrong-owner-name",
    "stored-credential-stale",
    "test-dialog-uses-other-password",
    "three-companies",
    "three-companies-fixed",
    "tls-inspection",
    "tls-no-common-parameters",
    "tls-old-suites-only",
    "tls10-only",
    "tls12-only-old-client",
    "upn-differs-from-smtp",
    "urls-missing-in-answer",
    "waf-blocks-autodiscover",
    "webconfig-broken-500",
    "website-catch-all-200",
    "wildcard-at-registrar",
    "wildcard-depth",
    "wildcard-in-one-view",
    "wizard-certificate",
    "wrong-address",
    "wrong-hostname-for-extra-domain",
    "wrong-usage",
    "xml-600-on-get",
    "xml-error-code",
];

#[test]
fn every_file_is_a_consistent_scenario() {
    let scenarios = scenarios().unwrap();
    let names: Vec<&str> = scenarios.iter().map(|scenario| scenario.name.as_str()).collect();
    assert_eq!(names.get(..FIRST.len()), Some(FIRST.as_slice()), "the commonest come first");
    assert_eq!(names.iter().copied().collect::<BTreeSet<_>>(), NAMES.into_iter().collect());
    let titles: BTreeSet<&str> = scenarios.iter().map(|scenario| scenario.title.as_str()).collect();
    assert_eq!(titles.len(), NAMES.len(), "two scenarios have the same title");
}

#[test]
fn every_scenario_says_what_each_client_does() {
    for scenario in scenarios().unwrap() {
        for family in ClientFamily::ALL {
            let walk = scenario.expect.of(family).unwrap();
            for required in ["root", "autodiscover", "redirect", "srv"] {
                assert!(walk.roles.contains_key(required), "{}: {required}", scenario.name);
            }
            let prompts = walk.roles.values().filter(|role| **role == Role::Prompts).count();
            assert_eq!(prompts, walk.alerts.len(), "{}: one alert for each candidate that prompts", scenario.name);
            // A client never stops at a place it does not reach.
            if let Some(role) = walk.roles.get(&walk.stops_at) {
                assert!(!matches!(role, Role::Unreached | Role::Hidden), "{}", scenario.name);
            }
        }
        let srv = scenario.expect.of(ClientFamily::Outlook2007Rtm).unwrap().roles["srv"];
        assert_eq!(srv, Role::Unreached, "{}: 2007 before SP1 has no SRV step", scenario.name);
    }
}

#[test]
fn an_unknown_name_is_named_with_its_neighbours() {
    let message = scenario("helthy").unwrap_err().to_string();
    assert!(message.contains("\"helthy\"") && message.contains("healthy"), "{message}");
    assert!(scenario("three").unwrap_err().to_string().contains("three-companies"));
}

#[test]
fn contradictions_are_reported() {
    let text = assets::LAB_SCENARIOS.iter().find(|(name, _)| *name == "healthy").unwrap().1;
    let broken = text.replace("certificate = \"mail\"", "certificate = \"male\"");
    let message = read("healthy", &broken).unwrap_err().to_string();
    assert!(message.contains("there is no certificate \"male\""), "{message}");
    assert!(message.contains("certificate \"mail\" is used by no port"), "{message}");
    let limited = text.replacen("certificate = \"mail\"", "certificate = \"mail\"\nsuites = \"rsa-signatures\"", 1);
    let message = read("healthy", &limited).unwrap_err().to_string();
    assert!(message.contains("set `tls12_only = true`"), "{message}");
    let public = format!("{text}\n[[view]]\naddress = \"8.8.8.8\"\n");
    let message = read("healthy", &public).unwrap_err().to_string();
    assert!(message.contains("resolver 8.8.8.8 is not in a range"), "{message}");
    assert!(read("other", text).unwrap_err().to_string().contains("\"other\""));
    assert!(read("healthy", &format!("colour = 1\n{text}")).unwrap_err().to_string().contains("colour"));
}
