//! Settings in the 2006a schema ([MS-OXDSCLI] 2.2.4; namespaces with `http:` as on the wire).

use super::{envelope, escape};
use crate::lab::scenario::Answer;

/// The answer's text; nothing for other answers than settings.
pub(super) fn render(answer: &Answer) -> String {
    let Answer::Settings { service_host, internal_host, display_name, leave_out, principal, address, mailbox_server } =
        answer
    else {
        return String::new();
    };
    let internal = internal_host.as_deref().unwrap_or(service_host);
    let inside = Block { kind: "EXCH", host: internal, leave_out };
    let outside = Block { kind: "EXPR", host: service_host, leave_out };
    let address = address.as_ref().map(|address| element("AutoDiscoverSMTPAddress", address)).unwrap_or_default();
    let principal = principal.as_ref().map(|name| element("CertPrincipalName", name)).unwrap_or_default();
    envelope(&format!(
        "<User>{}{address}</User><Account><AccountType>email</AccountType><Action>settings</Action>\
         <Protocol><Type>EXCH</Type>{}<ServerVersion>73C1884F</ServerVersion>{}</Protocol>\
         <Protocol><Type>EXPR</Type>{}<SSL>On</SSL><AuthPackage>Ntlm</AuthPackage>{principal}{}</Protocol></Account>",
        element("DisplayName", display_name),
        element("Server", mailbox_server.as_deref().unwrap_or(internal)),
        inside.urls(),
        element("Server", service_host),
        outside.urls(),
    ))
}

/// The URLs of one protocol block.
struct Block<'a> {
    kind: &'a str,
    host: &'a str,
    leave_out: &'a [String],
}

impl Block<'_> {
    fn urls(&self) -> String {
        let urls = [("ASUrl", "/EWS/Exchange.asmx"), ("OOFUrl", "/EWS/Exchange.asmx"), ("OABUrl", "/OAB/")];
        let stays =
            |name: &str| !self.leave_out.iter().any(|out| out == name || *out == format!("{}.{name}", self.kind));
        let kept = urls.into_iter().filter(|(name, _)| stays(name));
        kept.map(|(name, path)| element(name, &format!("https://{}{path}", self.host))).collect()
    }
}

fn element(name: &str, text: &str) -> String {
    format!("<{name}>{}</{name}>", escape(text))
}
