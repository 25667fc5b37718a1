use super::*;
use crate::event::ServiceUrl;
use proptest::prelude::*;

const ROOT: &str = "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006";
const OUTLOOK: &str = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a";
const MOBILE: &str = "http://schemas.microsoft.com/exchange/autodiscover/mobilesync/responseschema/2006";

fn answer(namespace: &str, content: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Autodiscover xmlns=\"{ROOT}\">\n  \
         <Response xmlns=\"{namespace}\">{content}</Response>\n</Autodiscover>"
    )
}

fn kind_of(text: &str) -> AnswerKind {
    read(text.as_bytes(), Some("text/xml; charset=utf-8")).kind
}

/// The shape of [MS-OXDSCLI] 4.1 and of the POX response pages.
const SETTINGS: &str = r#"
    <User>
      <DisplayName>Kim Akers</DisplayName>
      <LegacyDN>/o=contoso/cn=kim</LegacyDN>
      <AutoDiscoverSMTPAddress>kim@contoso.test</AutoDiscoverSMTPAddress>
      <DeploymentId>f3b1</DeploymentId>
    </User>
    <Account>
      <AccountType>email</AccountType>
      <Action>settings</Action>
      <MicrosoftOnline>False</MicrosoftOnline>
      <Protocol>
        <Type>EXCH</Type>
        <Server>guid@contoso.test</Server>
        <ASUrl>https://mail.contoso.test/EWS/Exchange.asmx</ASUrl>
        <OABUrl>https://mail.contoso.test/OAB/guid/</OABUrl>
        <PublicFolderServer>mail.contoso.test</PublicFolderServer>
      </Protocol>
      <Protocol>
        <Type>EXPR</Type>
        <Server>mail.contoso.test</Server>
        <AuthPackage>Ntlm</AuthPackage>
        <CertPrincipalName>msstd:mail.contoso.test</CertPrincipalName>
      </Protocol>
      <Protocol>
        <Type>WEB</Type>
        <Internal>
          <OWAUrl AuthenticationMethod="Basic, Fba">https://mail.contoso.test/owa/</OWAUrl>
          <Protocol><Type>EXCH</Type><ASUrl>https://mail.contoso.test/EWS/Exchange.asmx</ASUrl></Protocol>
        </Internal>
      </Protocol>
      <Protocol Type="mapiHttp" Version="1">
        <MailStore>
          <InternalUrl>https://ex1.contoso.local/mapi/emsmdb/?MailboxId=1</InternalUrl>
          <ExternalUrl>https://mail.contoso.test/mapi/emsmdb/?MailboxId=1</ExternalUrl>
        </MailStore>
      </Protocol>
    </Account>"#;

#[test]
fn settings_are_read_in_full() {
    let found = read(answer(OUTLOOK, SETTINGS).as_bytes(), None);
    assert_eq!((found.kind, outcome(&found)), (AnswerKind::Settings, Outcome::Passed));
    assert_eq!(found.namespace.as_deref(), Some(OUTLOOK));
    assert_eq!(found.display_name.as_deref(), Some("Kim Akers"));
    assert_eq!(found.address.as_deref(), Some("kim@contoso.test"));
    let kinds: Vec<_> = found.protocols.iter().map(|protocol| protocol.kind.as_str()).collect();
    assert_eq!(kinds, ["EXCH", "EXPR", "WEB", "mapiHttp"]);
    assert_eq!(found.protocols[1].cert_principal_name.as_deref(), Some("msstd:mail.contoso.test"));
    assert_eq!(found.protocols[1].auth_package.as_deref(), Some("Ntlm"));
    let elements = |index: usize| found.protocols[index].urls.iter().map(|url| url.element.as_str());
    assert_eq!(elements(0).collect::<Vec<_>>(), ["ASUrl", "OABUrl"]);
    assert_eq!(elements(2).collect::<Vec<_>>(), ["Internal/OWAUrl", "Internal/Protocol/ASUrl"]);
    let internal = "https://ex1.contoso.local/mapi/emsmdb/?MailboxId=1".to_owned();
    let expected = ServiceUrl { element: "MailStore/InternalUrl".to_owned(), url: internal };
    assert_eq!(found.protocols[3].urls[0], expected);
    assert_eq!(found.problem, None);
}

#[test]
fn both_spellings_of_the_namespaces_are_known() {
    let printed = answer(OUTLOOK, SETTINGS).replace("xmlns=\"http://", "xmlns=\"https://");
    assert_eq!(kind_of(&printed), AnswerKind::Settings);
    let prefixed = answer(OUTLOOK, SETTINGS)
        .replace("<Response xmlns=", "<Response xmlns:a=")
        .replace("<Response ", "<a:Response ")
        .replace("</Response>", "</a:Response>");
    assert_eq!(kind_of(&prefixed), AnswerKind::Settings);
}

#[test]
fn redirects_name_their_target() {
    let by = |action: &str, target: &str| {
        let content = format!("<Account><AccountType>email</AccountType><Action>{action}</Action>{target}</Account>");
        read(answer(OUTLOOK, &content).as_bytes(), None)
    };
    let found = by("redirectAddr", "<RedirectAddr>kim@fabrikam.test</RedirectAddr>");
    assert_eq!((found.kind, found.redirect.as_deref()), (AnswerKind::RedirectAddr, Some("kim@fabrikam.test")));
    assert_eq!(outcome(&found), Outcome::Passed);
    let url = "https://mail.fabrikam.test/autodiscover/autodiscover.xml";
    let found = by("redirectUrl", &format!("<RedirectUrl>{url}</RedirectUrl>"));
    assert_eq!((found.kind, found.redirect.as_deref()), (AnswerKind::RedirectUrl, Some(url)));
    let found = by("redirectAddr", "");
    assert_eq!(outcome(&found), Outcome::Failed { cause: Cause::XmlNotAutodiscover });
    assert!(found.problem.is_some());
}

/// The error `Response` uses the plain namespace ([MS-OXDSCLI] 2.2.4.1.1.3); its `Id` tells servers apart.
#[test]
fn errors_keep_code_message_time_and_id() {
    let content = "<Error Time=\"10:24:02.4\" Id=\"2477272013\"><ErrorCode>600</ErrorCode>\
                   <Message>Invalid Request</Message><DebugData /></Error>";
    let found = read(answer(ROOT, content).as_bytes(), None);
    assert_eq!((found.kind, outcome(&found)), (AnswerKind::Error, Outcome::Failed { cause: Cause::XmlErrorCode }));
    let error = found.error.expect("an error");
    assert_eq!((error.code.as_str(), error.message.as_str()), ("600", "Invalid Request"));
    assert_eq!((error.time.as_str(), error.id.as_str()), ("10:24:02.4", "2477272013"));
}

#[test]
fn only_errors_use_the_plain_namespace() {
    let settings = read(answer(ROOT, SETTINGS).as_bytes(), None);
    assert_eq!(
        (settings.kind, outcome(&settings)),
        (AnswerKind::WrongNamespace, Outcome::Failed { cause: Cause::XmlWrongNamespace })
    );
}

#[test]
fn mail_suites_answer_for_imap() {
    let content = "<User><DisplayName>Kim</DisplayName></User><Account><AccountType>email</AccountType>\
        <Action>settings</Action><Protocol><Type>IMAP</Type><Server>imap.contoso.test</Server><Port>993</Port>\
        <SSL>on</SSL></Protocol><Protocol><Type>SMTP</Type><Server>smtp.contoso.test</Server><Port>587</Port>\
        </Protocol></Account>";
    let found = read(answer(OUTLOOK, content).as_bytes(), None);
    assert_eq!((found.kind, outcome(&found)), (AnswerKind::ImapPop, Outcome::Failed { cause: Cause::XmlImapOnly }));
    assert_eq!(found.protocols[0].port.as_deref(), Some("993"));
}

/// [MS-ASCMD] 2.2.3.64 and its example; Z-Push sends it as text/html.
#[test]
fn mobile_answers_are_told_apart() {
    let content = "<Culture>en:us</Culture><User><EMailAddress>kim@contoso.test</EMailAddress></User><Action>\
        <Settings><Server><Type>MobileSync</Type><Url>https://mail.contoso.test/Microsoft-Server-ActiveSync</Url>\
        </Server></Settings></Action>";
    let found = read(answer(MOBILE, content).as_bytes(), Some("text/html"));
    assert_eq!(found.kind, AnswerKind::MobileSync);
    assert_eq!(outcome(&found), Outcome::Failed { cause: Cause::XmlMobileSyncOnly });
    assert_eq!(found.address.as_deref(), Some("kim@contoso.test"));
    let content = "<Action><Error><Status>1</Status><Message>Directory unavailable</Message></Error></Action>";
    assert_eq!(read(answer(MOBILE, content).as_bytes(), None).error.map(|error| error.code).as_deref(), Some("1"));
}

#[test]
fn what_comes_in_an_answers_place() {
    let table = [
        ("", AnswerKind::Empty, Cause::XmlEmpty),
        (" \r\n\t", AnswerKind::Empty, Cause::XmlEmpty),
        ("\u{FEFF}", AnswerKind::Empty, Cause::XmlEmpty),
        ("<!DOCTYPE html><html><body>Welcome</body></html>", AnswerKind::Html, Cause::XmlHtml),
        ("\n<HTML><p>unclosed", AnswerKind::Html, Cause::XmlHtml),
        ("<!-- built by us --><html lang=\"en\">", AnswerKind::Html, Cause::XmlHtml),
        (
            "<?xml version=\"1.0\"?><!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\" \"x\"><html/>",
            AnswerKind::Html,
            Cause::XmlHtml,
        ),
        ("{\"ErrorCode\":\"InvalidProtocol\"}", AnswerKind::Json, Cause::XmlNotAutodiscover),
        ("[1, 2", AnswerKind::OtherText, Cause::XmlNotAutodiscover),
        ("It works!", AnswerKind::OtherText, Cause::XmlNotAutodiscover),
        ("<rss version=\"2.0\"><channel/></rss>", AnswerKind::OtherXml, Cause::XmlNotAutodiscover),
        ("<htmlish/>", AnswerKind::OtherXml, Cause::XmlNotAutodiscover),
        ("<Autodiscover/>", AnswerKind::OtherXml, Cause::XmlNotAutodiscover),
        (
            "<Autodiscover><Response><Account/></Response></Autodiscover>",
            AnswerKind::WrongNamespace,
            Cause::XmlWrongNamespace,
        ),
        ("<Autodiscover><Response>", AnswerKind::Malformed, Cause::XmlMalformed),
        ("<a></b>", AnswerKind::Malformed, Cause::XmlMalformed),
        ("<a/><b/>", AnswerKind::Malformed, Cause::XmlMalformed),
        ("<a>&undefined;</a>", AnswerKind::Malformed, Cause::XmlMalformed),
    ];
    for (text, kind, cause) in table {
        let found = read(text.as_bytes(), None);
        assert_eq!((found.kind, outcome(&found)), (kind, Outcome::Failed { cause }), "{text}");
    }
    assert_eq!(read(b"Sorry.<br>Come back later", Some("text/html")).kind, AnswerKind::Html);
    let empty = answer(OUTLOOK, "<Account><Action>settings</Action></Account>");
    assert_eq!(kind_of(&empty), AnswerKind::OtherXml);
}

#[test]
fn encodings_marks_and_leading_blanks() {
    let text = answer(OUTLOOK, SETTINGS);
    assert_eq!(kind_of(&format!("\u{FEFF}{text}")), AnswerKind::Settings);
    assert_eq!(read(format!("\u{FEFF}{text}").as_bytes(), None).problem, None);
    let late = read(format!("\r\n  {text}").as_bytes(), None);
    assert_eq!(late.kind, AnswerKind::Settings);
    assert_eq!(late.problem.as_deref(), Some("4 blank characters before the XML declaration"));
    let mut wide = vec![0xFF, 0xFE];
    wide.extend(text.replace("utf-8", "utf-16").encode_utf16().flat_map(u16::to_le_bytes));
    assert_eq!(read(&wide, None).kind, AnswerKind::Settings);
    let latin = text.replace("Kim", "J\u{f6}rg").chars().map(|character| character as u8).collect::<Vec<_>>();
    assert_eq!(read(&latin, None).display_name.as_deref(), Some("J\u{f6}rg Akers"));
}

#[test]
fn bounds_and_declarations_are_refused_before_they_can_hurt() {
    let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
    let found = read(deep.as_bytes(), None);
    assert_eq!(found.problem.as_deref(), Some("line 1: elements nest deeper than 64"));
    assert_eq!(outcome(&found), Outcome::Failed { cause: Cause::XmlMalformed });
    let allowed = format!("{}{}", "<a b='>'>".repeat(64), "</a>".repeat(64));
    assert_eq!(kind_of(&allowed), AnswerKind::OtherXml);
    let wide: String = (0..257).map(|number| format!(" a{number}=''")).collect();
    let found = read(format!("<a{wide}/>").as_bytes(), None);
    assert_eq!(found.problem.as_deref(), Some("line 1: an element has more than 256 attributes"));
    let flat = format!("<a>{}</a>", "<b/><!-- <c><c> --><![CDATA[<d>]]>".repeat(1000));
    assert_eq!(kind_of(&flat), AnswerKind::OtherXml);
    let laughs = "<!DOCTYPE a [<!ENTITY x \"&y;&y;\"><!ENTITY y \"lol\">]>\n<a>&x;</a>";
    let found = read(laughs.as_bytes(), None);
    assert_eq!(found.kind, AnswerKind::Malformed);
    assert!(found.problem.is_some_and(|problem| problem.contains("document type declaration")));
    let large = vec![b' '; BODY_LIMIT + 1];
    assert_eq!(outcome(&read(&large, None)), Outcome::Failed { cause: Cause::XmlTooLarge });
}

#[test]
fn foreign_text_is_sanitised_and_a_problem_has_its_place() {
    let content = SETTINGS.replace("Kim Akers", "Kim\u{202e}\u{9b}31m");
    assert_eq!(
        read(answer(OUTLOOK, &content).as_bytes(), None).display_name.as_deref(),
        Some("Kim<U+202E><U+009B>31m")
    );
    let broken = read(b"<a>\n<b></a>", None);
    assert!(broken.problem.is_some_and(|problem| problem.starts_with("line 2, column ")));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        outcome(&read(&bytes, None));
    }

    #[test]
    fn no_tags_make_it_panic(text in "[<>/!?a \"'&;\\[\\]-]{0,80}") {
        outcome(&read(text.as_bytes(), Some("text/xml")));
    }
}
