//! A scenario: one file of `assets/lab/` that describes a small world, its story, and what must be concluded from it.

mod certificate;
mod consistency;
mod directory;
mod server;
mod sign_in;
mod this_pc;

pub use certificate::{CertificateSpec, Issuer, Usage};
pub use directory::{DirectoryLook, DirectoryTree, PointSpec};
pub use server::{Answer, ClientCertificate, Host, LegacyVersion, Listen, Path, Port, Suites};
pub use sign_in::{Guarded, SignInSpec};
pub use this_pc::{FileSpec, PcSpec};

use crate::{
    event::{ClientFamily, Reply},
    walk::{Role, VerdictClass},
};
use serde::Deserialize;
use std::{collections::BTreeMap, net::IpAddr};

/// One scenario, as its file says it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Name on the command line; equals the file's stem.
    pub name: String,
    /// Title in a list.
    pub title: String,
    /// Who they are and what they see: two lines of at most 76 characters.
    pub story: [String; 2],
    /// Id of the finding that the scenario is about; absent when nothing is wrong.
    #[serde(default)]
    pub case: Option<String>,
    /// The address to diagnose.
    pub address: String,
    /// URLs of service connection points, as `--scp-url` would give them.
    #[serde(default)]
    pub scp_urls: Vec<String>,
    /// How Active Directory is looked at; absent when it is not.
    #[serde(default)]
    pub directory: Option<DirectoryLook>,
    /// What this machine's own store holds.
    #[serde(default)]
    pub machine_store: MachineStore,
    /// Days by which this machine's clock is ahead; negative when it is behind.
    #[serde(default)]
    pub clock_days: i32,
    /// Zones that every resolver sees unless its view has its own.
    #[serde(default, rename = "zone")]
    pub zones: Vec<Zone>,
    /// Faults of the system's resolver.
    #[serde(default, rename = "fault")]
    pub faults: Vec<Fault>,
    /// Further resolvers to compare with, in order.
    #[serde(default, rename = "view")]
    pub views: Vec<FurtherView>,
    /// What the servers that hold the zones say, where that is not what the system's resolver says; they are asked only
    /// when this is given, and found by the NS records of the system's view.
    #[serde(default)]
    pub authoritative: Option<FurtherView>,
    /// This machine's own list of names, as `address name`; the operating system is asked only when it holds something.
    #[serde(default)]
    pub hosts_file: Vec<String>,
    /// Certificates by the name that ports refer to.
    #[serde(default, rename = "certificate")]
    pub certificates: BTreeMap<String, CertificateSpec>,
    /// Hosts by their address.
    #[serde(default, rename = "host")]
    pub hosts: Vec<Host>,
    /// What somebody signs in with.
    #[serde(default)]
    pub sign_in: Option<SignInSpec>,
    /// Servers are asked for NTLM's first answer, as `--ask-ntlm` does.
    #[serde(default)]
    pub ask_ntlm: bool,
    /// Where a sign-in was accepted, the same place is asked once more as a browser does.
    #[serde(default)]
    pub ask_get: bool,
    /// What the user's PC says; absent where nobody looked at it.
    #[serde(default)]
    pub pc: Option<PcSpec>,
    /// What the person at the PC replied to the questions that only a person can answer.
    #[serde(default, rename = "reply")]
    pub replies: Vec<ReplySpec>,
    /// What must be concluded.
    pub expect: Expect,
}

/// A reply to a question.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplySpec {
    /// Id of the question's case.
    pub question: String,
    /// `yes`, `no`, or what was pasted.
    pub text: String,
}

impl ReplySpec {
    /// The reply as a run is given it.
    pub fn given(&self) -> (String, Reply) {
        (self.question.clone(), Reply::read(&self.text))
    }
}

/// What the machine's own store of roots holds.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum MachineStore {
    /// There is none: the lab's public root is trusted as if given with `--ca-file`.
    #[default]
    None,
    /// Its public root, which the public lists hold too, and the private authority's, which they do not.
    PrivateAuthorityToo,
}

/// A zone with its records.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Zone {
    /// The zone's name, without the final dot.
    pub name: String,
    /// Records in zone-file style, such as `autodiscover 3600 IN A 192.0.2.10`; `@` is the zone itself and `*` a
    /// wildcard (RFC 1035 section 5, RFC 4592). Names without a final dot are completed with the zone.
    #[serde(default)]
    pub records: Vec<String>,
}

/// What goes wrong when a name is asked for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The name, without the final dot; `.` stands for the root.
    pub name: String,
    /// What happens.
    pub kind: FaultKind,
    /// Whether names below fail alike; those of `nxdomain-rewrite` always do.
    #[serde(default)]
    pub below: bool,
    /// The address that `nxdomain-rewrite` answers with.
    #[serde(default)]
    pub address: Option<std::net::Ipv4Addr>,
}

/// Kind of a fault.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// The server says that it could not finish (SERVFAIL).
    Servfail,
    /// The server refuses (REFUSED).
    Refused,
    /// Nothing comes back.
    Drop,
    /// Names at or below this one that do not exist get an address instead of NXDOMAIN.
    NxdomainRewrite,
}

/// A further resolver, which sees some zones differently.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FurtherView {
    /// The address under which it is known, for one that serves the public; its loopback address when absent.
    #[serde(default)]
    pub address: Option<IpAddr>,
    /// Zones that replace those of the same name.
    #[serde(default, rename = "zone")]
    pub zones: Vec<Zone>,
    /// This resolver's faults.
    #[serde(default, rename = "fault")]
    pub faults: Vec<Fault>,
}

/// What must be concluded from a scenario, written from the case and the catalogue, never from the program's output.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// Ids of all findings for the default client, the root cause first; the order of the others does not matter.
    pub findings: Vec<String>,
    /// Stable name of the family that `findings` is expected for, where it is not the default one.
    #[serde(default)]
    pub findings_of: Option<String>,
    /// What each client family does; `default` stands for those without their own table.
    pub clients: BTreeMap<String, ExpectedWalk>,
}

impl Expect {
    /// What is expected of one client family.
    pub fn of(&self, family: ClientFamily) -> Option<&ExpectedWalk> {
        self.clients.get(family.as_str()).or_else(|| self.clients.get("default"))
    }
}

/// What one client family must do.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct ExpectedWalk {
    /// The run in one word.
    pub verdict: VerdictClass,
    /// Id of the candidate at which the client first stops to ask, or that gives it settings; empty when neither
    /// happens.
    pub stops_at: String,
    /// Role of every candidate that is probed.
    pub roles: BTreeMap<String, Role>,
    /// Hosts that Security Alerts name, in order.
    #[serde(default)]
    pub alerts: Vec<String>,
}
