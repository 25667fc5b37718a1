use super::*;
use crate::{event::TlsLibrary, secret::Secret};

fn account(schemes: &[Scheme]) -> Account {
    Account {
        users: vec!["CONTOSO\\anna".to_owned()],
        proof: Proof::Password(Secret::new("Sesame-42")),
        schemes: schemes.to_vec(),
        hosts: vec!["mail.contoso.test".to_owned()],
    }
}

/// A healthy challenge over a connection that verified.
fn challenge(schemes: &[&str]) -> HttpExchange {
    HttpExchange {
        verified: true,
        status: Some(401),
        schemes: schemes.iter().map(|scheme| (*scheme).to_owned()).collect(),
        exchange: true,
        ..HttpExchange::unanswered("", "POST", ([192, 0, 2, 10], 443).into())
    }
}

const PLACE: &str = "https://mail.contoso.test/autodiscover/autodiscover.xml";

async fn ask(keeper: &Keeper, url: &str, exchange: &HttpExchange) -> Result<Vec<(String, Scheme)>, Withheld> {
    let url = Url::parse(url).expect("a URL");
    let asking = Asking { url: &url, mailbox: "anna@contoso.test", exchange };
    let mut hold = keeper.hold().await.expect("something is kept");
    let order = hold.hand_out(&asking)?;
    hold.keep();
    Ok(order.attempts)
}

#[tokio::test]
async fn only_a_confirmed_host_over_verified_tls_gets_it() {
    let keeper = Keeper::of(account(&[]));
    let sound = challenge(&["NTLM"]);
    let unverified = HttpExchange { verified: false, ..sound.clone() };
    let other_library = HttpExchange { library: Some(TlsLibrary::OpenSsl), ..sound.clone() };
    let plain = PLACE.replace("https:", "http:");
    for (url, exchange, reason) in [
        (plain.as_str(), &sound, Withheld::NotHttps),
        (PLACE, &unverified, Withheld::NotVerified),
        (PLACE, &other_library, Withheld::NotVerified),
        ("https://contoso.test/autodiscover/autodiscover.xml", &sound, Withheld::HostNotConfirmed),
        ("https://mail.contoso.test.evil.test/", &sound, Withheld::HostNotConfirmed),
        ("https://evil.test/mail.contoso.test", &sound, Withheld::HostNotConfirmed),
        ("https://mail.contoso.test@evil.test/", &sound, Withheld::HostNotConfirmed),
    ] {
        assert_eq!(ask(&keeper, url, exchange).await, Err(reason), "{url}");
    }
    let sent = ask(&keeper, "https://MAIL.contoso.test:443/autodiscover/autodiscover.xml", &sound).await;
    assert_eq!(sent, Ok(vec![("CONTOSO\\anna".to_owned(), Scheme::Ntlm)]));
}

#[tokio::test]
async fn each_place_gets_it_once_until_it_is_asked_again() {
    let keeper = Keeper::of(account(&[]));
    let sound = challenge(&["Basic"]);
    assert!(ask(&keeper, PLACE, &sound).await.is_ok());
    let again = "https://mail.contoso.test/Autodiscover/Autodiscover.xml";
    assert_eq!(ask(&keeper, again, &sound).await, Err(Withheld::SentBefore));
    keeper.again();
    assert!(ask(&keeper, PLACE, &sound).await.is_ok());
}

#[tokio::test]
async fn after_one_refusal_nobody_gets_it() {
    let keeper = Keeper::of(account(&[]));
    let url = Url::parse(PLACE).expect("a URL");
    let sound = challenge(&["Basic"]);
    let mut hold = keeper.hold().await.expect("kept");
    hold.hand_out(&Asking { url: &url, mailbox: "a@b.test", exchange: &sound }).expect("handed out");
    hold.forget();
    drop(hold);
    // Not even another account, in the same run.
    keeper.give(account(&[]));
    keeper.again();
    assert_eq!(ask(&keeper, PLACE, &sound).await, Err(Withheld::NotAcceptedBefore));
    keeper.begin();
    assert_eq!(ask(&keeper, PLACE, &sound).await, Err(Withheld::NotAcceptedBefore));
    keeper.give(account(&[]));
    assert!(ask(&keeper, PLACE, &sound).await.is_ok());
}

#[tokio::test]
async fn who_was_stopped_half_way_may_have_been_refused() {
    let keeper = Keeper::of(account(&[]));
    let url = Url::parse(PLACE).expect("a URL");
    let sound = challenge(&["Basic"]);
    let mut hold = keeper.hold().await.expect("kept");
    hold.hand_out(&Asking { url: &url, mailbox: "a@b.test", exchange: &sound }).expect("handed out");
    drop(hold);
    let elsewhere = challenge(&["Basic"]);
    assert_eq!(ask(&keeper, PLACE, &elsewhere).await, Err(Withheld::NotAcceptedBefore));
}

#[tokio::test]
async fn what_shows_least_is_chosen_unless_ways_are_named() {
    let all = challenge(&["Basic", "Negotiate", "NTLM", "Bearer"]);
    let schemes = async |wanted: &[Scheme], offered: &HttpExchange| {
        let sent = ask(&Keeper::of(account(wanted)), PLACE, offered).await;
        sent.map(|attempts| attempts.into_iter().map(|(_, scheme)| scheme).collect::<Vec<_>>())
    };
    assert_eq!(schemes(&[], &all).await, Ok(vec![Scheme::Ntlm]));
    assert_eq!(schemes(&[], &challenge(&["Basic", "Negotiate"])).await, Ok(vec![Scheme::Negotiate]));
    assert_eq!(schemes(&[Scheme::Basic, Scheme::Ntlm], &all).await, Ok(vec![Scheme::Basic, Scheme::Ntlm]));
    // A password is no token, and a way that is not offered is not taken.
    assert_eq!(schemes(&[Scheme::Bearer], &all).await, Err(Withheld::NoCommonScheme));
    assert_eq!(schemes(&[Scheme::Basic], &challenge(&["NTLM"])).await, Err(Withheld::NoCommonScheme));
}

#[tokio::test]
async fn a_token_goes_with_bearer_alone() {
    let token = Account { proof: Proof::Token(Secret::new("eyJ0")), users: Vec::new(), ..account(&[]) };
    let keeper = Keeper::of(token);
    assert_eq!(ask(&keeper, PLACE, &challenge(&["NTLM", "Basic"])).await, Err(Withheld::NoCommonScheme));
    let sent = ask(&keeper, PLACE, &challenge(&["Bearer"])).await;
    assert_eq!(sent, Ok(vec![(String::new(), Scheme::Bearer)]));
}

#[tokio::test]
async fn where_nothing_is_kept_nobody_waits() {
    assert!(Keeper::default().hold().await.is_none());
}

#[test]
fn what_is_kept_is_never_printed() {
    let shown = format!("{:?}", Keeper::of(account(&[])));
    assert!(shown.contains("hidden") && !shown.contains("Sesame"), "{shown}");
}

#[tokio::test]
async fn a_host_is_confirmed_at_the_usual_port_unless_another_is_named() {
    let sound = challenge(&["Basic"]);
    for (confirmed, url, sent) in [
        ("mail.contoso.test", "https://mail.contoso.test/", true),
        ("mail.contoso.test", "https://mail.contoso.test:8443/", false),
        ("mail.contoso.test:8443", "https://mail.contoso.test:8443/", true),
        ("mail.contoso.test:8443", "https://mail.contoso.test/", false),
        ("mail.contoso.test:443", "https://mail.contoso.test/", true),
        ("2001:db8::1", "https://[2001:db8::1]/", true),
        ("[2001:db8::1]:8443", "https://[2001:db8::1]:8443/", true),
        ("[2001:db8::1]:8443", "https://[2001:db8::1]/", false),
    ] {
        let keeper = Keeper::of(Account { hosts: vec![confirmed.to_owned()], ..account(&[]) });
        assert_eq!(ask(&keeper, url, &sound).await.is_ok(), sent, "{confirmed} {url}");
    }
}
