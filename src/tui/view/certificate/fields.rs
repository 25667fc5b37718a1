//! The fields of a certificate, group by group.

use super::{Shown, current};
use crate::{
    certificate,
    event::{Certificate, Extension},
    language,
    tui::{app::App, theme::Meaning},
    words,
};

/// The fields that can be chosen and copied, in the order they are shown.
pub fn fields(app: &App) -> Vec<(String, Meaning, String)> {
    let Some(shown) = current(app) else { return Vec::new() };
    details(app, shown)
        .into_iter()
        .chain(extensions(shown.certificate))
        .chain(fingerprints(shown.certificate))
        .collect()
}

/// The certificate's facts, and for a server's own what the handshake brought along.
pub(super) fn details(app: &App, shown: Shown<'_>) -> Vec<(String, Meaning, String)> {
    let mut rows = facts(app, shown.certificate);
    if shown.place == 0 {
        let stapled =
            if shown.handshake.ocsp_stapled { say!("sent along by the server") } else { say!("not sent along") };
        rows.push(fact(say!("OCSP answer"), stapled));
    }
    rows
}

fn facts(app: &App, certificate: &Certificate) -> Vec<(String, Meaning, String)> {
    let key = match certificate.key.bits {
        0 => certificate.key.algorithm.clone(),
        bits => say!("{algorithm}, {bits} bits", algorithm = certificate.key.algorithm, bits),
    };
    let list = |values: &[String]| {
        if values.is_empty() { say!("not stated").to_owned() } else { language::all_known(values).join(", ") }
    };
    let mut rows = vec![
        fact(say!("subject"), &certificate.subject),
        fact(say!("issuer"), if certificate.self_issued { say!("itself") } else { &certificate.issuer }),
        fact(say!("valid from"), language::known(&certificate::minute(certificate.not_before))),
        fact(
            say!("valid until"),
            &format!("{}{}", language::known(&certificate::minute(certificate.not_after)), left(app, certificate)),
        ),
        fact(say!("serial"), &certificate.serial),
        fact(say!("key"), &key),
        fact(say!("signature"), &certificate.signature_algorithm),
        fact(say!("version"), &certificate.version.to_string()),
        fact(say!("authority"), if certificate.is_authority { say!("yes") } else { say!("no") }),
        fact(say!("key usage"), &list(&certificate.key_usage)),
        fact(say!("extended usage"), &list(&certificate.extended_key_usage)),
    ];
    let urls = [
        (say!("issuer at"), &certificate.issuer_urls),
        (say!("OCSP at"), &certificate.ocsp_urls),
        (say!("revoked at"), &certificate.revocation_list_urls),
    ];
    rows.extend(
        urls.into_iter().filter(|(_, urls)| !urls.is_empty()).map(|(label, urls)| fact(label, &urls.join(", "))),
    );
    rows.extend(
        certificate
            .problems
            .iter()
            .map(|problem| (say!("problem").to_owned(), Meaning::Warned, words::certificate_problem(problem))),
    );
    rows
}

pub(super) fn extensions(certificate: &Certificate) -> Vec<(String, Meaning, String)> {
    let row = |extension: &Extension| {
        let critical = if extension.critical { say!("critical: ") } else { "" };
        let entries: Vec<&str> = extension.text.lines().collect();
        fact(language::known(&extension.name), &format!("{critical}{}", entries.join(", ")))
    };
    certificate.extensions.iter().map(row).collect()
}

pub(super) fn fingerprints(certificate: &Certificate) -> Vec<(String, Meaning, String)> {
    vec![fact(say!("SHA-1 (Thumbprint)"), &certificate.sha1), fact("SHA-256", &certificate.sha256)]
}

fn fact(label: &str, value: &str) -> (String, Meaning, String) {
    (label.to_owned(), Meaning::Plain, value.to_owned())
}

/// Days between the beginning of the run and the end of validity.
fn left(app: &App, certificate: &Certificate) -> String {
    let Some((end, now)) = certificate.not_after.zip(app.model.started) else { return String::new() };
    let days = (end.as_second() - now.as_second()).div_euclid(86_400);
    if days < 0 {
        say!(" (expired {days} ago)", days = words::days(-days))
    } else {
        say!(" ({days} left)", days = words::days(days))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_an_extension_stand_apart() {
        let names = Extension {
            oid: "2.5.29.17".to_owned(),
            name: "Subject alternative name".to_owned(),
            critical: false,
            text: "webmail.companya.test\nwww.webmail.companya.test".to_owned(),
        };
        let certificate = Certificate { extensions: vec![names], ..Certificate::default() };
        let rows = extensions(&certificate);
        let text = rows.first().map(|(_, _, value)| value.as_str()).unwrap_or_default();
        assert!(text.contains("webmail.companya.test, www.webmail.companya.test"), "{text}");
    }
}
