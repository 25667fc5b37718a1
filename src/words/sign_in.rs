//! Signing in, in words.

use crate::event::{NtlmChallenge, Scheme, SignIn, SignInResult, Withheld};

/// A way to sign in, as people call it.
pub fn scheme(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::Basic => "Basic",
        Scheme::Ntlm => "NTLM",
        Scheme::Negotiate => "Negotiate (NTLM)",
        Scheme::Bearer => say!("Bearer (a token)"),
    }
}

/// One attempt to sign in, as a sentence without a full stop.
pub fn sign_in(attempt: &SignIn) -> String {
    let host = &attempt.host;
    if let Some(reason) = attempt.withheld {
        return say!("The credentials were not sent to {host}: {why}", host, why = withheld(reason));
    }
    let way = attempt.scheme.map_or("", scheme);
    let user = attempt.user_name.as_ref().map(|user| say!(" as {user}", user)).unwrap_or_default();
    let status = attempt.status.map(|status| format!(" ({status})")).unwrap_or_default();
    let end = match attempt.result {
        SignInResult::Accepted => say!("was accepted"),
        SignInResult::Refused => say!("was refused"),
        SignInResult::Unclear => say!("was neither accepted nor refused"),
        SignInResult::Interrupted => say!("broke off before anything that the password is in was sent"),
        SignInResult::Failed => say!("got no answer"),
        SignInResult::Withheld => say!("was not tried"),
    };
    let bound = if attempt.channel_binding { say!(", tied to the server's certificate") } else { "" };
    say!("Signing in at {host}{user} by {way}{bound} {end}{status}", host, user, way, bound, end, status)
}

/// Why credentials were not sent.
pub fn withheld(reason: Withheld) -> &'static str {
    match reason {
        Withheld::NotHttps => say!("the connection is not encrypted"),
        Withheld::NotVerified => say!("its certificate does not pass every check"),
        Withheld::HostNotConfirmed => say!("nobody agreed that this host may get them"),
        Withheld::NotAcceptedBefore => {
            say!("a server did not accept them before, and each further attempt may lock the account")
        }
        Withheld::SentBefore => say!("the same place got them before in this run"),
        Withheld::NoCommonScheme => say!("it offers no way to sign in that was asked for and that fits what was given"),
    }
}

/// What a server told of itself, label by label.
pub fn ntlm_facts(told: &NtlmChallenge) -> Vec<(&'static str, String)> {
    if !told.answered {
        return vec![("NTLM", say!("offered, but its first message gets no challenge").to_owned())];
    }
    let names = [
        (say!("server"), &told.dns_computer, &told.netbios_computer),
        (say!("domain"), &told.dns_domain, &told.netbios_domain),
        (say!("forest"), &told.dns_forest, &None),
    ];
    let mut facts = Vec::new();
    for (label, long, short) in names {
        match (long, short) {
            (Some(long), Some(short)) => facts.push((label, format!("{long} ({short})"))),
            (Some(name), None) | (None, Some(name)) => facts.push((label, name.clone())),
            (None, None) => {}
        }
    }
    facts.extend(told.version.as_ref().map(|version| ("Windows", version.clone())));
    facts.extend(
        told.server_time
            .map(|time| (say!("its clock"), format!("{}, {}", time.strftime("%Y-%m-%d %H:%M:%S UTC"), clock(told)))),
    );
    facts
}

fn clock(told: &NtlmChallenge) -> String {
    match told.ahead_seconds {
        None => say!("not compared").to_owned(),
        Some(-1..=1) => say!("the same as here").to_owned(),
        Some(ahead @ 2..) => say!("{ahead} s ahead of this machine's", ahead),
        Some(behind) => say!("{behind} s behind this machine's", behind = behind.unsigned_abs()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_compared_in_words() {
        let told = |ahead| NtlmChallenge {
            address: ([192, 0, 2, 1], 443).into(),
            scheme: Scheme::Ntlm,
            answered: true,
            verified: true,
            netbios_domain: Some("CONTOSO".to_owned()),
            netbios_computer: None,
            dns_domain: Some("contoso.local".to_owned()),
            dns_computer: None,
            dns_forest: None,
            version: None,
            server_time: "2026-11-21T10:00:00Z".parse().ok(),
            ahead_seconds: Some(ahead),
        };
        assert_eq!(ntlm_facts(&told(-400))[0], ("domain", "contoso.local (CONTOSO)".to_owned()));
        assert_eq!(ntlm_facts(&told(-400))[1].1, "2026-11-21 10:00:00 UTC, 400 s behind this machine's");
        assert_eq!(clock(&told(0)), "the same as here");
    }
}
