//! A domain controller that keeps count of who signs in.

use futures_util::{SinkExt as _, StreamExt as _};
use ldap3_proto::{
    LdapCodec,
    proto::{
        LdapBindCred, LdapBindResponse, LdapMsg, LdapOp, LdapPartialAttribute, LdapResult, LdapResultCode,
        LdapSearchRequest, LdapSearchResultEntry,
    },
};
use std::sync::{Arc, Mutex};
use tokio::{
    net::TcpListener,
    sync::{Semaphore, mpsc},
};
use tokio_rustls::TlsAcceptor;
use tokio_util::codec::Framed;

const CONFIGURATION: &str = "CN=Configuration,DC=contoso,DC=test";

/// A domain controller as a test sees it.
pub struct Controller {
    /// Account and password of every sign-in so far.
    pub binds: Arc<Mutex<Vec<(String, String)>>>,
    /// Says when one comes.
    pub arrived: mpsc::UnboundedReceiver<()>,
    /// Sign-ins that may be answered.
    pub answers: Arc<Semaphore>,
}

impl Controller {
    /// Sign-ins so far.
    pub fn count(&self) -> usize {
        self.binds.lock().expect("unpoisoned").len()
    }
}

pub(super) fn serve(listener: TcpListener, acceptor: TlsAcceptor, accepts: bool) -> Controller {
    let (tell, arrived) = mpsc::unbounded_channel();
    let (binds, answers) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Semaphore::new(0)));
    let controller = Controller { binds: Arc::clone(&binds), arrived, answers: Arc::clone(&answers) };
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, tell) = (acceptor.clone(), tell.clone());
            let (binds, answers) = (Arc::clone(&binds), Arc::clone(&answers));
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else { return };
                let mut wire = Framed::new(stream, LdapCodec::default());
                while let Some(Ok(LdapMsg { msgid, op, .. })) = wire.next().await {
                    let replies = match op {
                        LdapOp::BindRequest(request) => {
                            let LdapBindCred::Simple(password) = request.cred else { return };
                            binds.lock().expect("unpoisoned").push((request.dn, password));
                            let _ = tell.send(());
                            answers.acquire().await.expect("open").forget();
                            let code =
                                if accepts { LdapResultCode::Success } else { LdapResultCode::InvalidCredentials };
                            vec![LdapOp::BindResponse(LdapBindResponse { res: result(code), saslcreds: None })]
                        }
                        LdapOp::SearchRequest(request) => found(&request),
                        _ => return,
                    };
                    for op in replies {
                        if wire.send(LdapMsg { msgid, op, ctrl: Vec::new() }).await.is_err() {
                            return;
                        }
                    }
                }
            });
        }
    });
    controller
}

/// The root entry, and nothing in the configuration.
fn found(request: &LdapSearchRequest) -> Vec<LdapOp> {
    let done = LdapOp::SearchResultDone(result(LdapResultCode::Success));
    if !request.base.is_empty() {
        return vec![done];
    }
    let configuration = LdapPartialAttribute {
        atype: "configurationNamingContext".to_owned(),
        vals: vec![CONFIGURATION.as_bytes().to_vec()],
    };
    vec![LdapOp::SearchResultEntry(LdapSearchResultEntry { dn: String::new(), attributes: vec![configuration] }), done]
}

fn result(code: LdapResultCode) -> LdapResult {
    LdapResult { code, matcheddn: String::new(), message: String::new(), referral: Vec::new() }
}
