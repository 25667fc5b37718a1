//! Values of settings, in words.

use crate::event::AnswerProtocol;

/// What a protocol block says beside its URLs, in words: server, way to sign in, name on the certificate, how long it
/// holds, version.
pub fn protocol(block: &AnswerProtocol) -> Vec<String> {
    let mut facts: Vec<String> = block.server.iter().cloned().collect();
    facts.extend(block.auth_package.as_ref().map(|way| say!("sign-in {way}", way)));
    facts.extend(block.cert_principal_name.as_ref().map(|name| say!("certificate for {name}", name)));
    facts.extend(block.ttl.as_deref().map(|hours| say!("holds {time}", time = time_to_live(hours))));
    facts.extend(
        block.server_version.as_deref().map(|digits| say!("version {number}", number = server_version(digits))),
    );
    facts
}

/// For how long settings hold (`TTL`, \[MS-OXDSCLI\] 2.2.4.1.1.2.6).
pub fn time_to_live(hours: &str) -> String {
    match hours.trim().parse::<u64>() {
        Ok(0) => say!("for ever (TTL 0)").to_owned(),
        Ok(1) => say!("1 hour").to_owned(),
        Ok(hours) => say!("{hours} hours", hours),
        Err(_) => hours.to_owned(),
    }
}

/// A server's version out of the eight digits of `ServerVersion`: from the highest bit four that mean nothing, six of the
/// major number, six of the minor one, one that means nothing, fifteen of the build (\[MS-OXDSCLI\] 2.2.4.1.1.2.6).
pub fn server_version(digits: &str) -> String {
    let Some(number) = u32::from_str_radix(digits, 16).ok().filter(|_| digits.len() == 8) else {
        return digits.to_owned();
    };
    let (major, minor, build) = (number >> 22 & 0x3f, number >> 16 & 0x3f, number & 0x7fff);
    let product = match (major, minor) {
        (8, _) => " (Exchange 2007)",
        (14, _) => " (Exchange 2010)",
        (15, 0) => " (Exchange 2013)",
        (15, 1) => " (Exchange 2016)",
        (15, 2) => say!(" (Exchange 2019 or Subscription Edition)"),
        (15, 20) => " (Exchange Online)",
        _ => "",
    };
    format!("{major}.{minor}.{build}{product}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_documentation_comes_out() {
        // autodiscover.md 4.1: 0x738180DA is 14.1.218.
        assert_eq!(server_version("738180DA"), "14.1.218 (Exchange 2010)");
        assert_eq!(server_version("unknown"), "unknown");
    }

    #[test]
    fn hours_are_said() {
        assert_eq!((time_to_live("0").as_str(), time_to_live("24").as_str()), ("for ever (TTL 0)", "24 hours"));
    }
}
