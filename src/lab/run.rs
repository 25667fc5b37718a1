//! A lab's world handed to the engine through the ordinary options.

use super::{
    Lab, LabError,
    resolver::LabResolver,
    scenario::{DirectoryLook, MachineStore, ReplySpec, Scenario},
};
use crate::{
    address,
    directory::{AUTOMATIC, Place},
    engine::{Directory, Keeper, OutsideWish, Setup},
    event::{ClientFamily, DnsAnswer, DnsQuestion, RecordType, Vantage, View},
    net::{
        Clock, HostLookup, Limits, NameServers, Net, Resolver, TrustStores,
        dialer::TcpDialer,
        resolver::{DNS_PORT, WireResolver},
        trust::TrustError,
    },
    pc::Reader,
    plan::PlanInput,
    probe::ldap::Credentials,
};
use jiff::{SignedDuration, Timestamp};
use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};
use url::Url;

/// The run of a scenario in its lab, for one client family.
///
/// # Errors
/// [`LabError::Inconsistent`] when the scenario's address or URLs cannot be used.
pub fn setup(lab: &Lab, scenario: &Scenario, client: ClientFamily, limits: Limits) -> Result<Setup, LabError> {
    let wrong = |problem: String| LabError::Inconsistent { name: scenario.name.clone(), problems: problem };
    let address = address::parse(&scenario.address).map_err(|error| wrong(error.to_string()))?;
    let scp_urls = scenario.scp_urls.iter().map(|text| Url::parse(text)).collect::<Result<_, _>>();
    let routes = lab.connect_to().iter().map(|route| route.parse()).collect::<Result<_, _>>();
    let trust = trust(lab, scenario).map_err(|error| wrong(error.to_string()))?;
    let dialer = TcpDialer::new(routes.map_err(|error: crate::net::dialer::ConnectToError| wrong(error.to_string()))?);
    let net = net(lab, scenario, dialer, trust, limits);
    let vantage = Vantage {
        resolvers: std::iter::once(lab.resolver())
            .chain(further(lab, scenario).into_iter().map(|(_, known_as)| known_as))
            .map(|server| server.to_string())
            .collect(),
        stores: net.trust.summaries(),
        operating_system_asked: net.operating_system.is_some(),
        ..Vantage::default()
    };
    let directory = scenario.directory.as_ref().map(look).transpose().map_err(wrong)?;
    let input = PlanInput {
        address,
        directory: scenario.directory.is_some(),
        scp_urls: scp_urls.map_err(|error: url::ParseError| wrong(error.to_string()))?,
        only: Vec::new(),
        skip: Vec::new(),
    };
    let keeper = scenario.account().map_or_else(Keeper::default, Keeper::of);
    let lockout = directory.as_ref().and_then(|directory| directory.credentials.as_ref());
    let lockout = lockout.map(|credentials| Arc::clone(&credentials.lockout)).unwrap_or_default();
    let keeper = Arc::new(keeper.sharing(lockout));
    let pc = scenario.pc.as_ref().map(|pc| Arc::new(pc.recorded()) as Arc<dyn Reader>);
    Ok(Setup {
        input,
        client,
        vantage,
        net,
        pc,
        canaries: true,
        fetch_issuers: false,
        other_protocols: true,
        microsoft365: OutsideWish::WhenSigned,
        directory: directory.map(Arc::new),
        keeper,
        ask_ntlm: scenario.ask_ntlm,
        ask_get: scenario.ask_get,
        replies: scenario.replies.iter().map(ReplySpec::given).collect(),
    })
}

/// The world as the scenario has it: its resolvers, hosts file, zone server, trust and clock.
fn net(lab: &Lab, scenario: &Scenario, dialer: TcpDialer, trust: TrustStores, limits: Limits) -> Net {
    let resolver = |server: SocketAddr, known_as, view| {
        Arc::new(LabResolver::new(WireResolver::new(vec![server], view, limits.dns), known_as)) as Arc<dyn Resolver>
    };
    let operating_system = (!scenario.hosts_file.is_empty()).then(|| {
        let resolver = resolver(lab.resolver(), lab.resolver(), View::System);
        Arc::new(Machine { hosts_file: scenario.hosts_file.clone(), resolver }) as Arc<dyn HostLookup>
    });
    Net {
        resolver: resolver(lab.resolver(), lab.resolver(), View::System),
        further: further(lab, scenario)
            .into_iter()
            .enumerate()
            .map(|(index, (server, known_as))| resolver(server, known_as, View::Further { number: index + 1 }))
            .collect(),
        operating_system,
        name_servers: lab.zone_server().map(|server| {
            Arc::new(ZoneServer { resolver: resolver(server, server, View::Authoritative) }) as Arc<dyn NameServers>
        }),
        dialer: Arc::new(lab.dialer(Arc::new(dialer))),
        trust: Arc::new(trust),
        clock: Arc::new(ScenarioClock { ahead: SignedDuration::from_hours(24 * i64::from(scenario.clock_days)) }),
        limits,
    }
}

/// Further resolvers: where each really listens, and what the story knows it as.
fn further(lab: &Lab, scenario: &Scenario) -> Vec<(SocketAddr, SocketAddr)> {
    let addresses = scenario.views.iter().map(|view| view.address);
    let known = |(server, address): (SocketAddr, Option<IpAddr>)| {
        (server, address.map_or(server, |address| SocketAddr::new(address, DNS_PORT)))
    };
    lab.further_resolvers().into_iter().zip(addresses).map(known).collect()
}

/// How the scenario's Active Directory is looked at.
fn look(look: &DirectoryLook) -> Result<Directory, String> {
    let named = look.ask.iter().filter(|text| *text != AUTOMATIC);
    let places = named.map(|text| Place::parse(text)).collect::<Result<Vec<_>, _>>();
    let account = look.account.clone().zip(look.password.clone());
    Ok(Directory {
        places: places.map_err(|error| format!("directory: {error}"))?,
        automatic: look.ask.iter().any(|text| text == AUTOMATIC),
        site: look.site.clone(),
        credentials: account.map(|(account, password)| Credentials {
            account,
            password: password.into(),
            lockout: Arc::default(),
        }),
        confirmed: look.send_password_to.clone(),
        ..Directory::default()
    })
}

/// What the scenario's machine trusts.
fn trust(lab: &Lab, scenario: &Scenario) -> Result<TrustStores, TrustError> {
    let public = TrustStores::from_der(&lab.roots())?;
    match scenario.machine_store {
        MachineStore::None => Ok(public),
        MachineStore::PrivateAuthorityToo => {
            let held: Vec<_> = lab.roots().into_iter().chain([lab.private_root()]).collect();
            let machine = TrustStores::from_der(&held)?;
            Ok(TrustStores {
                public: public.ca_file,
                machine: Some(machine.ca_file),
                machine_certificates: machine.ca_file_certificates,
                ..TrustStores::default()
            })
        }
    }
}

/// The server that holds the zones, wherever the names of their servers lead.
#[derive(Debug)]
struct ZoneServer {
    resolver: Arc<dyn Resolver>,
}

impl NameServers for ZoneServer {
    fn at(&self, _: &[IpAddr]) -> Arc<dyn Resolver> {
        Arc::clone(&self.resolver)
    }
}

/// The machine's own lookup: its hosts file first, then its resolver, as every operating system does.
#[derive(Debug)]
struct Machine {
    hosts_file: Vec<String>,
    resolver: Arc<dyn Resolver>,
}

#[async_trait::async_trait]
impl HostLookup for Machine {
    async fn lookup(&self, host: &str) -> Result<Vec<IpAddr>, String> {
        let entry = |line: &String| {
            let mut words = line.split_whitespace();
            let address = words.next()?.parse().ok()?;
            words.any(|name| name.eq_ignore_ascii_case(host)).then_some(address)
        };
        let listed: Vec<IpAddr> = self.hosts_file.iter().filter_map(entry).collect();
        if !listed.is_empty() {
            return Ok(listed);
        }
        let question = |record| DnsQuestion { name: host.to_owned(), record };
        let (ipv4, ipv6) = (question(RecordType::A), question(RecordType::Aaaa));
        let (ipv4, ipv6) = tokio::join!(self.resolver.ask(&ipv4), self.resolver.ask(&ipv6));
        let found: Vec<IpAddr> = [ipv4, ipv6].iter().flat_map(DnsAnswer::addresses).collect();
        if found.is_empty() { Err("Name or service not known".to_owned()) } else { Ok(found) }
    }
}

/// A clock that may be wrong.
#[derive(Debug)]
struct ScenarioClock {
    ahead: SignedDuration,
}

impl Clock for ScenarioClock {
    fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        now.checked_add(self.ahead).unwrap_or(now)
    }
}
