//! The lab's certificate authorities, made at start: one that the lab trusts, one that nobody does.

use super::{
    LabError,
    scenario::{CertificateSpec, Issuer, Scenario, Usage},
};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CustomExtension, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose, SanType,
};
use rustls::{
    crypto::ring::sign::any_ecdsa_type,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
    sign::CertifiedKey,
};
use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, SystemTime},
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The lab's authorities and every certificate of a scenario, ready to serve.
#[derive(Debug)]
pub(super) struct Certificates {
    root: CertificateDer<'static>,
    client_root: CertificateDer<'static>,
    issuing: CertificateDer<'static>,
    served: BTreeMap<String, Arc<CertifiedKey>>,
}

impl Certificates {
    /// Makes the authorities and the scenario's certificates, keys ECDSA P-256.
    ///
    /// # Errors
    /// [`LabError`] when a key or a certificate cannot be made.
    pub fn make(scenario: &Scenario) -> Result<Self, LabError> {
        let public = Authority::make("Discoscope Lab")?;
        let private = Authority::make("Contoso Internal")?;
        let mut served = BTreeMap::new();
        for (name, spec) in &scenario.certificates {
            let issuer = match spec.issuer {
                Issuer::Public => Some(&public),
                Issuer::Private => Some(&private),
                Issuer::SelfSigned => None,
            };
            served.insert(name.clone(), Arc::new(make_certificate(spec, issuer)?));
        }
        Ok(Self {
            root: public.root.der().clone(),
            client_root: private.root.der().clone(),
            issuing: public.intermediate.der().clone(),
            served,
        })
    }

    /// The root that the lab's trust store holds.
    pub fn root(&self) -> &CertificateDer<'static> {
        &self.root
    }

    /// The public authority's intermediate.
    pub fn issuing(&self) -> &CertificateDer<'static> {
        &self.issuing
    }

    /// The root whose client certificates servers accept.
    pub fn client_root(&self) -> &CertificateDer<'static> {
        &self.client_root
    }

    /// The root of the private authority.
    pub fn private_root(&self) -> &CertificateDer<'static> {
        &self.client_root
    }

    /// A certificate of the scenario with its key.
    pub fn served(&self, name: &str) -> Option<Arc<CertifiedKey>> {
        self.served.get(name).cloned()
    }
}

/// A root and the intermediate that signs for it.
struct Authority {
    root: CertifiedIssuer<'static, KeyPair>,
    intermediate: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    fn make(owner: &str) -> Result<Self, LabError> {
        let root =
            CertifiedIssuer::self_signed(authority_params(&format!("{owner} Root CA"), 3650)?, KeyPair::generate()?)?;
        let params = authority_params(&format!("{owner} Issuing CA"), 1825)?;
        let intermediate = CertifiedIssuer::signed_by(params, KeyPair::generate()?, &root)?;
        Ok(Self { root, intermediate })
    }
}

fn authority_params(name: &str, days: i64) -> Result<CertificateParams, LabError> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name = distinguished_name(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.use_authority_key_identifier_extension = true;
    set_validity(&mut params, -days, days);
    Ok(params)
}

fn make_certificate(spec: &CertificateSpec, issuer: Option<&Authority>) -> Result<CertifiedKey, LabError> {
    let mut params = CertificateParams::new(Vec::new())?;
    let common_name = spec.common_name.as_deref().or_else(|| spec.names.first().map(String::as_str));
    params.distinguished_name = distinguished_name(common_name.unwrap_or_default());
    for name in &spec.names {
        params.subject_alt_names.push(SanType::DnsName(name.as_str().try_into()?));
    }
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = match spec.usage {
        Usage::Server => vec![ExtendedKeyUsagePurpose::ServerAuth],
        Usage::Client => vec![ExtendedKeyUsagePurpose::ClientAuth],
    };
    params.custom_extensions.extend(spec.issuer_url.as_deref().map(issuer_address));
    set_validity(&mut params, spec.not_before, spec.not_after);
    let key = KeyPair::generate()?;
    let mut chain = Vec::new();
    match issuer {
        None => chain.push(params.self_signed(&key)?.der().clone()),
        Some(authority) => {
            params.use_authority_key_identifier_extension = true;
            chain.push(params.signed_by(&key, &authority.intermediate)?.der().clone());
            if spec.send_intermediate {
                chain.push(authority.intermediate.der().clone());
            }
        }
    }
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    Ok(CertifiedKey::new(chain, any_ecdsa_type(&key)?))
}

/// Authority information access with one caIssuers address (RFC 5280 4.2.2.1); addresses of a lab are short.
fn issuer_address(url: &str) -> CustomExtension {
    const CA_ISSUERS: [u8; 10] = [0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x02];
    let tagged = |tag: u8, content: &[u8]| {
        // The longer form of the length serves every content up to 255 bytes (X.690 8.1.3.5).
        let length = u8::try_from(content.len()).unwrap_or(u8::MAX);
        [&[tag, 0x81, length], content.get(..usize::from(length)).unwrap_or_default()].concat()
    };
    let description = [CA_ISSUERS.as_slice(), &tagged(0x86, url.as_bytes())].concat();
    let content = tagged(0x30, &tagged(0x30, &description));
    CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], content)
}

fn distinguished_name(common_name: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common_name);
    name
}

/// Sets both ends of the validity, in days from now.
fn set_validity(params: &mut CertificateParams, from: i64, until: i64) {
    params.not_before = day(from).into();
    params.not_after = day(until).into();
}

fn day(offset: i64) -> SystemTime {
    let distance = DAY.saturating_mul(u32::try_from(offset.unsigned_abs()).unwrap_or(u32::MAX));
    let now = SystemTime::now();
    let moved = if offset < 0 { now.checked_sub(distance) } else { now.checked_add(distance) };
    moved.unwrap_or(now)
}
