//! The one vocabulary: what a run says while it happens.
//!
//! The engine emits [`Event`]s, the hub stamps each into an [`Envelope`], and everything else (model, recording,
//! reports, screen) only reads envelopes. Events are owned, in the past tense and versioned; changes within one
//! [`VERSION`] only add. Text from outside is sanitised before it becomes evidence, so an envelope may be shown.

mod candidate;
mod certificate;
mod command;
mod directory;
mod dns;
mod http;
mod issuer;
mod outcome;
mod outside;
mod pc;
mod reply;
mod session;
mod sign_in;
mod tls;
mod xml;

pub use candidate::{Candidate, CandidateId, ClientFamily, Origin, OriginOfRedirect, Sign, Standing};
pub use certificate::{Certificate, CertificateKey, Extension, SubjectName};
pub use command::Command;
pub use directory::{
    ConnectionPoint, DirectoryAnswer, DirectoryFailure, DirectoryProtection, DirectoryPurpose, DirectoryRoot,
    DirectorySignIn, DirectorySignInResult, DirectorySignInWay, POINTER_KEYWORD, PointSource, SitePreference,
    TicketTrouble, URL_KEYWORD,
};
pub use dns::{
    AliasFault, DnsAnswer, DnsData, DnsExtension, DnsFlag, DnsMessage, DnsQuestion, DnsRecord, DnsStatus, Purpose,
    RecordType, StartOfAuthority, View,
};
pub use http::{Body, Header, HttpExchange, HttpFailure, HttpPurpose, holds_cookies, opens_session};
pub use issuer::{IssuerFetch, IssuerFetchResult};
pub use outcome::{Blocker, Cause, Outcome, Stage};
pub use outside::{OutsideKind, OutsideQuestion, OutsideResult};
pub use pc::{HostsEntry, PcFile, PcFileRole, PcSource, RegistryKind, RegistryValue, RememberedUrl, ThisPc};
pub use reply::{OUTPUT_LIMIT, Reply};
pub use session::{Address, NoteCode, StoreSummary, Vantage, VantageSide};
pub use sign_in::{Account, NtlmChallenge, Proof, Scheme, SignIn, SignInResult, Withheld, is_confirmed, with_port};
pub use tls::{
    Checks, ClientCertificateDemand, ClientCertificateRequest, DateCheck, DateReason, HandshakeDetail, HandshakeKind,
    HandshakePurpose, NameCheck, NameReason, StoreVerdict, TlsAlert, TlsEnding, TlsFailure, TlsHandshake, TlsLibrary,
    TlsRecord, TlsRecordKind, TlsSide, TrustCheck, TrustReason, TrustStore, UsageCheck, VersionSupport,
};
pub use xml::{AnswerError, AnswerKind, AnswerProtocol, AutodiscoverAnswer, ServiceUrl};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;

/// Version of the event stream, written into every envelope. It changes only when an older reader would be misled.
pub const VERSION: u32 = 1;

/// One event with its place in the run: one line of a recording.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Envelope {
    /// Version of the stream, [`VERSION`] when written by this program.
    pub v: u32,
    /// Position in the run, from 0, without gaps.
    pub seq: u64,
    /// Wall-clock time of this machine when the event was stamped.
    pub at: Timestamp,
    /// Microseconds since the run began, by a clock that never steps.
    pub elapsed_us: u64,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// What happened, in the past tense.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The run began.
    SessionStarted {
        /// Program name and version that made the run, such as `discoscope 0.1.0`.
        tool: String,
        /// The address being diagnosed.
        address: Address,
        /// The client family that the technician chose; the walk of every other family can still be computed.
        client: ClientFamily,
        /// Where the run looks from.
        vantage: Vantage,
    },
    /// A candidate joined the plan, in the plan's order or because another candidate opened it.
    CandidateQueued {
        /// The candidate.
        candidate: Candidate,
    },
    /// A candidate whose standing waited for measurements was decided (the Microsoft 365 step).
    CandidateDecided {
        /// Which candidate.
        id: CandidateId,
        /// Its standing from now on.
        standing: Standing,
        /// What was measured that speaks for it; empty when nothing did.
        signs: Vec<Sign>,
    },
    /// A candidate learned its URL (the SRV target became known).
    CandidateLocated {
        /// Which candidate.
        id: CandidateId,
        /// Its request URL from now on.
        url: String,
        /// Host of the URL in lower-case ASCII, without trailing dot.
        host: String,
        /// TCP port of the URL.
        port: u16,
    },
    /// A stage of a candidate began. A higher attempt than before discards what the stage and those after it held.
    StageStarted {
        /// Which candidate.
        candidate: CandidateId,
        /// Which stage.
        stage: Stage,
        /// 1 for the first attempt.
        attempt: u32,
    },
    /// Something was observed.
    Observed {
        /// The candidate concerned; absent when the fact belongs to the whole run (canaries, mail servers, signs).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        candidate: Option<CandidateId>,
        /// The stage that observed it.
        stage: Stage,
        /// The fact.
        evidence: Evidence,
    },
    /// A stage of a candidate ended.
    StageFinished {
        /// Which candidate.
        candidate: CandidateId,
        /// Which stage.
        stage: Stage,
        /// Which attempt ended.
        attempt: u32,
        /// How it ended.
        outcome: Outcome,
        /// Microseconds it took; 0 for a stage that was skipped. (The envelope has an `elapsed_us` of its own.)
        #[serde(rename = "took_us")]
        elapsed_us: u64,
    },
    /// The person at the screen replied to a question of the catalogue.
    Replied {
        /// Id of the case that the question belongs to.
        question: String,
        /// The reply.
        reply: Reply,
    },
    /// The PC was read, or the text that somebody brought from it.
    PcRead {
        /// What was found on it.
        pc: Box<ThisPc>,
    },
    /// A candidate's answer named another place to ask.
    Redirected {
        /// The candidate that answered.
        from: CandidateId,
        /// The candidate this opened; absent when the redirect was not followed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<CandidateId>,
        /// By which means.
        by: OriginOfRedirect,
        /// Where it pointed, sanitised.
        location: String,
    },
    /// The surroundings of the domain (mail servers, canaries, signs) are asked; what was known of them is discarded.
    SurroundingsStarted {},
    /// A candidate has nothing more to do.
    CandidateFinished {
        /// Which candidate.
        id: CandidateId,
    },
    /// Something worth telling that belongs to no stage.
    Note {
        /// What kind of note.
        code: NoteCode,
        /// Foreign text that goes with it, sanitised; may be empty.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        detail: String,
    },
    /// The run ended by itself.
    SessionFinished {},
    /// The run was stopped by the technician or by the time limit.
    SessionCancelled {},
}

/// A fact that was measured.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Evidence {
    /// A DNS question and what came back.
    Dns(DnsAnswer),
    /// One attempt to open a TCP connection.
    Tcp(TcpConnect),
    /// One TLS handshake.
    Tls(Box<TlsHandshake>),
    /// One HTTP request and what came back.
    Http(Box<HttpExchange>),
    /// The answer's body, understood.
    Xml(Box<AutodiscoverAnswer>),
    /// One fetch of an issuer's certificate that was not sent; only where it was asked for.
    Issuer(Box<IssuerFetch>),
    /// One attempt to sign in, or why none was made; only where somebody gave credentials.
    SignIn(Box<SignIn>),
    /// What a server tells of itself before anybody signs in with NTLM.
    Ntlm(Box<NtlmChallenge>),
    /// A question to somebody outside; only where the records point there, or it was asked for.
    Outside(Box<OutsideQuestion>),
    /// What one domain controller, or a file exported from one, holds about Autodiscover.
    Directory(Box<DirectoryAnswer>),
}

/// One attempt to open a TCP connection to one address.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct TcpConnect {
    /// Address and port that were tried, as DNS and the URL gave them.
    pub address: SocketAddr,
    /// How it ended.
    pub result: TcpResult,
    /// Microseconds until it ended.
    pub elapsed_us: u64,
}

/// How a TCP connection attempt ended.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TcpResult {
    /// The connection was established.
    Connected,
    /// This machine refused to try (local firewall or policy).
    Denied,
    /// Another fault of this machine's network stack.
    Failed,
    /// The far end answered with RST: nothing listens there, or a firewall rejects.
    Refused,
    /// The connection was reset while it was being opened.
    Reset,
    /// Nothing came back within the limit: dropped by a firewall, or a dead host.
    TimedOut,
    /// No route to the address.
    Unreachable,
}
