//! Servers that answer a token otherwise than agreed.

#![allow(clippy::unwrap_used, reason = "tests")]

use super::{super::stream::Stream, *};
use ldap3_proto::{
    LdapCodec,
    proto::{LdapBindCred, LdapBindResponse, LdapMsg, LdapOp, LdapResult, LdapResultCode},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use tokio_util::{
    bytes::BytesMut,
    codec::{Decoder as _, Encoder as _},
};

/// What becomes of a token to which a server answers this; and the token and the mechanism that it saw.
async fn answered(code: LdapResultCode, token: Option<Vec<u8>>) -> (Result<Vec<u8>, Stop>, (String, Vec<u8>)) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut question = BytesMut::with_capacity(4096);
        let _ = stream.read_buf(&mut question).await.unwrap();
        let asked = LdapCodec::default().decode(&mut question).unwrap().unwrap();
        let message = "80090308: LdapErr: DSID-0C090569, comment: AcceptSecurityContext error, data 533".to_owned();
        let res = LdapResult { code, matcheddn: String::new(), message, referral: Vec::new() };
        let op = LdapOp::BindResponse(LdapBindResponse { res, saslcreds: token });
        let mut answer = BytesMut::new();
        LdapCodec::default().encode(LdapMsg { msgid: asked.msgid, op, ctrl: Vec::new() }, &mut answer).unwrap();
        // The client may leave before everything is sent.
        let _ = stream.write_all(&answer).await;
        match asked.op {
            LdapOp::BindRequest(request) => match request.cred {
                LdapBindCred::SASL(sasl) => (sasl.mechanism, sasl.credentials),
                _ => panic!("another sign-in than by SASL"),
            },
            _ => panic!("no sign-in"),
        }
    };
    let client = async {
        let stream = TcpStream::connect(address).await.unwrap();
        let mut session = Session::new(Stream::Clear(stream), Duration::from_secs(5));
        proceed(&mut session, b"token".to_vec()).await
    };
    tokio::join!(client, server)
}

#[tokio::test]
async fn only_the_next_token_goes_on() {
    let (next, seen) = answered(LdapResultCode::SaslBindInProgress, Some(b"next".to_vec())).await;
    assert_eq!(next.ok().unwrap(), b"next");
    assert_eq!(seen, ("GSSAPI".to_owned(), b"token".to_vec()));
    // Success before the protection is agreed on would be nobody's word; and a token has a bound.
    for (code, token) in [
        (LdapResultCode::Success, Some(b"next".to_vec())),
        (LdapResultCode::Success, None),
        (LdapResultCode::SaslBindInProgress, Some(vec![0; TOKEN_LIMIT + 1])),
    ] {
        let (ended, _) = answered(code, token).await;
        let Err(Stop::Within(trouble)) = ended else { panic!("it went on") };
        assert_eq!(trouble.kind, TicketTrouble::NotProven);
    }
    let (ended, _) = answered(LdapResultCode::InvalidCredentials, None).await;
    let Err(Stop::Refused(end)) = ended else { panic!("it went on") };
    assert_eq!((end.code, directory::data_code(&end.message).as_deref()), (49, Some("533")));
}

#[tokio::test]
async fn an_answer_that_never_comes_is_not_waited_for() {
    let (sender, receiver) = std::sync::mpsc::channel::<()>();
    let work = move || {
        // Until the test is over.
        let _ = receiver.recv();
        Ok(())
    };
    let ended = aside(Duration::from_millis(1), work).await;
    assert_eq!(ended.unwrap_err().kind, TicketTrouble::NoServer);
    drop(sender);
    assert_eq!(aside(Duration::from_secs(60), || Ok(7)).await.unwrap(), 7);
}
