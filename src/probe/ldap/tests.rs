//! The request with the password against another implementation's reading of it, and servers that misbehave.

#![allow(clippy::unwrap_used, reason = "tests")]

use super::{session::bind_request, *};
use ldap3_proto::{
    LdapCodec,
    proto::{
        LdapBindCred, LdapBindRequest, LdapMsg, LdapOp, LdapPartialAttribute, LdapResult, LdapResultCode,
        LdapSearchResultEntry,
    },
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use tokio_util::{
    bytes::BytesMut,
    codec::{Decoder as _, Encoder as _},
};

#[test]
fn the_bind_is_read_as_it_was_meant() {
    for length in [1, 0x7f, 0x80, 0xff, 0x100, 4096] {
        let (account, password) = ("CN=Anna Kern,DC=contoso,DC=test", "p".repeat(length));
        let request = bind_request(7, account, &password).unwrap();
        let mut buffer = BytesMut::from(request.as_slice());
        let message = LdapCodec::default().decode(&mut buffer).unwrap().unwrap();
        assert!(buffer.is_empty());
        let cred = LdapBindCred::Simple(password);
        assert_eq!(message.msgid, 7);
        assert!(message.op == LdapOp::BindRequest(LdapBindRequest { version: 3, dn: account.to_owned(), cred }));
    }
    assert!(bind_request(1, "anna", &"p".repeat(4097)).is_none());
    assert!(bind_request(200, "anna", "p").is_none());
}

/// What a session makes of a server that reads a question and says this.
async fn against(answer: Vec<u8>) -> Result<DirectoryRoot, DirectoryFailure> {
    talking_to(answer, async |mut session| whole_root(&mut session).await).await
}

/// A session with a server that reads a question and says this.
async fn talking_to<T>(answer: Vec<u8>, ask: impl AsyncFnOnce(Session) -> T) -> T {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut question = [0_u8; 1024];
        let _ = stream.read(&mut question).await.unwrap();
        // The client may leave before everything is sent.
        let _ = stream.write_all(&answer).await;
    };
    let client = async {
        let stream = TcpStream::connect(address).await.unwrap();
        ask(Session::new(Stream::Clear(stream), std::time::Duration::from_secs(5))).await
    };
    tokio::join!(client, server).0
}

#[tokio::test]
async fn servers_that_misbehave_are_told_so() {
    assert_eq!(against(Vec::new()).await, Err(DirectoryFailure::Silent));
    assert!(matches!(
        against(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()).await,
        Err(DirectoryFailure::Malformed { .. })
    ));
    // A message whose length is a gigabyte, with a mebibyte of it.
    let huge: Vec<u8> = [0x30, 0x84, 0x40, 0, 0, 0].into_iter().chain(std::iter::repeat_n(0, 1 << 20)).collect();
    assert!(matches!(against(huge).await, Err(DirectoryFailure::Malformed { .. })));
    // SearchResultDone (RFC 4511 4.5.2) with success and no entry: no root entry, so no Active Directory.
    let done = vec![0x30, 0x0c, 0x02, 0x01, 0x01, 0x65, 0x07, 0x0a, 0x01, 0x00, 0x04, 0x00, 0x04, 0x00];
    assert_eq!(against(done).await, Err(DirectoryFailure::NotActiveDirectory));
    // Notice of disconnection (RFC 4511 4.4.1), unavailable (52).
    let notice = vec![0x30, 0x0c, 0x02, 0x01, 0x00, 0x78, 0x07, 0x0a, 0x01, 0x34, 0x04, 0x00, 0x04, 0x00];
    assert!(matches!(against(notice).await, Err(DirectoryFailure::Refused { code: 52, .. })));
}

#[tokio::test]
async fn words_between_start_tls_and_tls_end_it() {
    let yes = [0x30, 0x0c, 0x02, 0x01, 0x01, 0x78, 0x07, 0x0a, 0x01, 0x00, 0x04, 0x00, 0x04, 0x00];
    let begun = talking_to([yes, yes].concat(), async |mut session| {
        session.start_tls().await.unwrap();
        session.into_clear().map(drop)
    });
    assert!(matches!(begun.await, Err(Fault::Malformed(_))));
}

#[tokio::test]
async fn a_search_is_bounded_in_sum() {
    const VALUE: usize = 200 * 1024;
    let entry = |number: usize| {
        let value = LdapPartialAttribute { atype: "keywords".to_owned(), vals: vec![vec![b'a'; VALUE]] };
        LdapOp::SearchResultEntry(LdapSearchResultEntry { dn: format!("CN={number}"), attributes: vec![value] })
    };
    let done = LdapResult {
        code: LdapResultCode::Success,
        matcheddn: String::new(),
        message: String::new(),
        referral: vec![],
    };
    let mut answer = BytesMut::new();
    for op in (0..20).map(entry).chain([LdapOp::SearchResultDone(done)]) {
        LdapCodec::default().encode(LdapMsg { msgid: 1, op, ctrl: Vec::new() }, &mut answer).unwrap();
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(&answer).await.unwrap();
        stream
    };
    let client = async {
        let stream = TcpStream::connect(address).await.unwrap();
        let mut session = Session::new(Stream::Clear(stream), std::time::Duration::from_secs(5));
        session.search(session::whole_entry("", &["keywords"])).await.unwrap()
    };
    let (found, _stream) = tokio::join!(client, server);
    // Ten times 200 KiB are less than 2 MiB, eleven are more.
    assert_eq!((found.entries.len(), found.more, found.end.code), (10, true, SUCCESS));
}
