//! Two certificates side by side: field by field, and their names as sets.

use super::time::minute;
use crate::event::{Certificate, SubjectName};
use serde::Serialize;

/// What two certificates have in common, and what not.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Comparison {
    /// They are the same certificate, byte for byte.
    pub same: bool,
    /// Fields in the order of the explorer.
    pub fields: Vec<ComparedField>,
    /// Names that only the first lists, in its order.
    pub names_only_here: Vec<String>,
    /// Names that only the second lists, in its order.
    pub names_only_there: Vec<String>,
    /// Names that both list, in the order of the first.
    pub names_in_both: Vec<String>,
}

/// One field of both.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct ComparedField {
    /// What it is called.
    pub label: &'static str,
    /// Its value in the first; empty when it has none.
    pub here: String,
    /// Its value in the second; empty when it has none.
    pub there: String,
}

impl ComparedField {
    /// Whether both say the same.
    pub fn is_equal(&self) -> bool {
        self.here == self.there
    }
}

/// Compares two certificates. Names are compared without case, as RFC 9525 section 6.3 does.
pub fn compare(here: &Certificate, there: &Certificate) -> Comparison {
    let field =
        |label, value: fn(&Certificate) -> String| ComparedField { label, here: value(here), there: value(there) };
    let (names_here, names_there) = (names(here), names(there));
    let without = |some: &[String], others: &[String]| -> Vec<String> {
        some.iter().filter(|name| !others.contains(name)).cloned().collect()
    };
    Comparison {
        same: !here.sha256.is_empty() && here.sha256 == there.sha256,
        fields: vec![
            field(said!("subject"), |one| one.subject.clone()),
            field(said!("issuer"), |one| one.issuer.clone()),
            field(said!("valid from"), |one| minute(one.not_before)),
            field(said!("valid until"), |one| minute(one.not_after)),
            field(said!("serial"), |one| one.serial.clone()),
            field(said!("key"), |one| format!("{} {}", one.key.algorithm, one.key.bits)),
            field(said!("signature"), |one| one.signature_algorithm.clone()),
            field(said!("authority"), |one| if one.is_authority { said!("yes") } else { said!("no") }.to_owned()),
            field(said!("key usage"), |one| one.key_usage.join(", ")),
            field(said!("extended usage"), |one| one.extended_key_usage.join(", ")),
            field(said!("OCSP at"), |one| one.ocsp_urls.join(", ")),
            field(said!("revoked at"), |one| one.revocation_list_urls.join(", ")),
            field(said!("issuer at"), |one| one.issuer_urls.join(", ")),
            field(said!("SHA-1 (Thumbprint)"), |one| one.sha1.clone()),
            field("SHA-256", |one| one.sha256.clone()),
        ],
        names_only_here: without(&names_here, &names_there),
        names_only_there: without(&names_there, &names_here),
        names_in_both: names_here.into_iter().filter(|name| names_there.contains(name)).collect(),
    }
}

fn names(certificate: &Certificate) -> Vec<String> {
    let name = |name: &SubjectName| match name {
        SubjectName::Dns { name } => name.to_ascii_lowercase(),
        SubjectName::Ip { address } => address.to_string(),
        SubjectName::Other { text } => text.clone(),
    };
    certificate.names.iter().map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificate(names: &[&str], serial: &str) -> Certificate {
        let dns = |name: &&str| SubjectName::Dns { name: (*name).to_owned() };
        Certificate {
            names: names.iter().map(dns).collect(),
            serial: serial.to_owned(),
            sha256: format!("digest of {serial}"),
            ..Certificate::default()
        }
    }

    #[test]
    fn names_are_compared_as_sets_without_case() {
        let (old, new) =
            (certificate(&["mail.a.test", "Old.a.test"], "01"), certificate(&["new.a.test", "MAIL.a.test"], "02"));
        let comparison = compare(&old, &new);
        assert!(!comparison.same);
        assert_eq!(comparison.names_in_both, ["mail.a.test"]);
        assert_eq!(comparison.names_only_here, ["old.a.test"]);
        assert_eq!(comparison.names_only_there, ["new.a.test"]);
        let different: Vec<&str> =
            comparison.fields.iter().filter(|field| !field.is_equal()).map(|field| field.label).collect();
        assert_eq!(different, ["serial", "SHA-256"]);
    }

    #[test]
    fn a_certificate_is_the_same_as_itself() {
        let one = certificate(&["mail.a.test"], "01");
        let comparison = compare(&one, &one.clone());
        assert!(comparison.same && comparison.fields.iter().all(ComparedField::is_equal));
        assert!(comparison.names_only_here.is_empty() && comparison.names_only_there.is_empty());
    }
}
