//! The keys of both sides, read and judged before any is used.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use der::asn1::AnyRef;
use der::{Decode as _, Reader as _, SliceReader};
use pkcs1::UintRef;
use sm2::PublicKey;
use sm2::dsa::signature::{Signer as _, Verifier as _};
use sm2::dsa::{Signature, SigningKey as Sm2SigningKey, VerifyingKey};
use sm2::elliptic_curve::ALGORITHM_OID as EC;
use sm2::pkcs8::spki::SubjectPublicKeyInfoRef;
use sm2::pkcs8::{ObjectIdentifier, PrivateKeyInfoRef};
use weapp_opendata::internals::{Actual, Row, argument, rows};
use weapp_opendata::{Error, ErrorCode};
use zeroize::Zeroizing;

use crate::{base64, pem};

pub use crate::protocol::MAX_PLATFORM_KEYS;

/// Smallest RSA key. WeChat's console makes keys of 2048 bits.
const MIN_RSA_BITS: usize = 2048;
/// Longest key number. WeChat's are 32 hexadecimal digits; SM2 hashes it with a length of 16 bits.
const MAX_SN: usize = 128;

/// `rsaEncryption`, RFC 8017
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

rows! {
    /// For the boundary: only a host can find out what its crypto takes.
    pub(crate) REFUSED =
        Row::new(ErrorCode::InvalidArgument, "{field}: this host's crypto does not take the key").reason("REFUSED");
}

#[cold]
fn refused(field: &'static str, expected: &'static str, found: &'static str) -> Error {
    Error::of(&argument::WRONG_TYPE, field, expected, Actual::Kind(found))
}

/// Text that stands between `|` or line breaks in what is authenticated, and in HTTP headers: printable ASCII without space and `|`.
pub(crate) fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|character| character.is_ascii_graphic() && character != b'|')
}

fn check_sn(sn: &str, field: &'static str) -> Result<(), Error> {
    if is_plain(sn) && sn.len() <= MAX_SN {
        return Ok(());
    }
    let expected = "the key's number in WeChat's console: 1 to 128 printable ASCII characters without '|'";
    Err(Error::of(&argument::OUT_OF_RANGE, field, expected, Actual::Nothing))
}

/// The cipher that the console was set to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// `AES256_GCM`: a key of 32 bytes.
    Aes256Gcm,
    /// `SM4_GCM`: a key of 16 bytes.
    Sm4Gcm,
}

impl Encryption {
    /// By WeChat's name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        match name {
            "AES256_GCM" => Some(Self::Aes256Gcm),
            "SM4_GCM" => Some(Self::Sm4Gcm),
            _ => None,
        }
    }

    const fn key_bytes(self) -> usize {
        match self {
            Self::Aes256Gcm => 32,
            Self::Sm4Gcm => 16,
        }
    }
}

/// The symmetric key, which encrypts both ways. No `Clone`, nothing printed, wiped when dropped.
pub struct SymmetricKey<'a> {
    sn: &'a str,
    algorithm: Encryption,
    key: Zeroizing<[u8; 32]>,
}

impl<'a> SymmetricKey<'a> {
    /// Reads the key as the console shows it: base64 of 32 bytes for `AES256_GCM`, of 16 bytes for `SM4_GCM`.
    ///
    /// # Errors
    ///
    /// `InvalidArgument`, naming the field, for a number or key of another shape.
    pub fn new(sn: &'a str, algorithm: Encryption, key: &str) -> Result<Self, Error> {
        const FIELD: &str = "symmetric_key.key";
        check_sn(sn, "symmetric_key.sn")?;
        let expected = match algorithm {
            Encryption::Aes256Gcm => "base64 of 32 bytes for AES256_GCM",
            Encryption::Sm4Gcm => "base64 of 16 bytes for SM4_GCM",
        };
        let mut bytes = Zeroizing::new([0; 32]);
        match base64::decode(key.as_bytes(), &mut bytes[..]) {
            Some(secret) if secret.len() == algorithm.key_bytes() => Ok(Self { sn, algorithm, key: bytes }),
            _ => Err(Error::of(&argument::OUT_OF_RANGE, FIELD, expected, Actual::Nothing)),
        }
    }

    /// The number, which is authenticated.
    #[must_use]
    pub const fn sn(&self) -> &str {
        self.sn
    }

    /// The cipher.
    #[must_use]
    pub const fn algorithm(&self) -> Encryption {
        self.algorithm
    }

    /// The bytes of the key, as many as the cipher takes.
    pub(crate) fn secret_bytes(&self) -> &[u8] {
        &self.key[..self.algorithm.key_bytes()]
    }
}

impl fmt::Debug for SymmetricKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SymmetricKey([secret])")
    }
}

/// How requests are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureAlgorithm {
    /// `RSAwithSHA256`: RSASSA-PSS with SHA-256, MGF1 with SHA-256, 32 bytes of salt.
    RsaWithSha256,
    /// `SM2withSM3`: the key's number is the distinguishing identifier, the signature is DER.
    Sm2WithSm3,
}

impl SignatureAlgorithm {
    /// By WeChat's name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        match name {
            "RSAwithSHA256" => Some(Self::RsaWithSha256),
            "SM2withSM3" => Some(Self::Sm2WithSm3),
            _ => None,
        }
    }
}

/// An RSA private key that was found in order, for the host to sign with. Wiped when dropped.
pub struct RsaPrivateKey {
    der: Zeroizing<Vec<u8>>,
    is_pkcs1: bool,
}

impl RsaPrivateKey {
    /// The key in DER.
    #[must_use]
    pub fn secret_der(&self) -> &[u8] {
        &self.der
    }

    /// Whether it is PKCS#1 (`RSA PRIVATE KEY`) and not PKCS#8.
    #[must_use]
    pub const fn is_pkcs1(&self) -> bool {
        self.is_pkcs1
    }
}

impl fmt::Debug for RsaPrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RsaPrivateKey([secret])")
    }
}

/// Signs with SM2 and SM3. The nonce is derived from key and message (RFC 6979 over SM3), so that no generator can fail; verifiers
/// cannot tell. The key is wiped when dropped.
pub struct Sm2Signer {
    key: sm2::SecretKey,
}

impl Sm2Signer {
    /// The base64 of the DER signature under the key number `sn`.
    #[must_use]
    pub fn sign(&self, sn: &str, message: &[u8]) -> Option<String> {
        // Both fail with negligible probability only: a nonce or a signature of zero.
        let key = Sm2SigningKey::new(sn, &self.key).ok()?;
        let signature = key.try_sign(message).ok()?;
        Some(base64::encode(signature.to_der().as_bytes()))
    }
}

impl fmt::Debug for Sm2Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sm2Signer([secret])")
    }
}

/// The private key that requests are signed with.
#[derive(Debug)]
pub enum SigningKey {
    /// For the host.
    Rsa(RsaPrivateKey),
    /// For this crate.
    Sm2(Sm2Signer),
}

impl SigningKey {
    /// Reads a private key in PEM: for RSA PKCS#1, as WeChat's console gives it, or PKCS#8; for SM2 PKCS#8 or SEC1. Not encrypted.
    ///
    /// # Errors
    ///
    /// `InvalidArgument`, naming the field and what kind of thing stands there.
    pub fn new(sn: &str, algorithm: SignatureAlgorithm, private_key: &str) -> Result<Self, Error> {
        const FIELD: &str = "asymmetric_key.private_key";
        check_sn(sn, "asymmetric_key.sn")?;
        let expected = match algorithm {
            SignatureAlgorithm::RsaWithSha256 => {
                "an RSA private key of at least 2048 bits in PEM (PKCS#1 or PKCS#8, not encrypted) for RSAwithSHA256"
            }
            SignatureAlgorithm::Sm2WithSm3 => {
                "an SM2 private key in PEM (PKCS#8 or SEC1, not encrypted) for SM2withSM3"
            }
        };
        let key = Self::read(private_key).map_err(|found| refused(FIELD, expected, found))?;
        match (&key, algorithm) {
            (Self::Rsa(_), SignatureAlgorithm::RsaWithSha256) | (Self::Sm2(_), SignatureAlgorithm::Sm2WithSm3) => {
                Ok(key)
            }
            (Self::Rsa(_), _) => Err(refused(FIELD, expected, "an RSA key")),
            (Self::Sm2(_), _) => Err(refused(FIELD, expected, "an SM2 key")),
        }
    }

    fn read(private_key: &str) -> Result<Self, &'static str> {
        let block = pem::read(private_key).ok_or("text that is not PEM")?;
        let sm2 = |key: Option<sm2::SecretKey>| {
            key.map(|key| Self::Sm2(Sm2Signer { key })).ok_or("a key of another kind, or a damaged one")
        };
        match block.label {
            "RSA PRIVATE KEY" => {
                check_rsa_private(&block.der)?;
                Ok(Self::Rsa(RsaPrivateKey { der: block.der, is_pkcs1: true }))
            }
            "EC PRIVATE KEY" => sm2(sm2::SecretKey::from_sec1_der(&block.der).ok()),
            "PRIVATE KEY" => {
                let info = PrivateKeyInfoRef::from_der(&block.der).map_err(|_| "a damaged key")?;
                if info.algorithm.oid == RSA {
                    check_rsa_private(info.private_key.as_bytes())?;
                    Ok(Self::Rsa(RsaPrivateKey { der: block.der, is_pkcs1: false }))
                } else {
                    sm2(sm2::SecretKey::try_from(info).ok())
                }
            }
            "ENCRYPTED PRIVATE KEY" => Err("an encrypted key"),
            "PUBLIC KEY" | "RSA PUBLIC KEY" => Err("a public key"),
            "CERTIFICATE" => Err("a certificate"),
            _ => Err("PEM of another kind"),
        }
    }
}

fn check_rsa_private(der: &[u8]) -> Result<(), &'static str> {
    let key = pkcs1::RsaPrivateKey::from_der(der).map_err(|_| "a damaged key")?;
    check_rsa_modulus(&key.modulus)
}

fn check_rsa_modulus(modulus: &UintRef<'_>) -> Result<(), &'static str> {
    let bytes = modulus.as_bytes();
    let bits = bytes.len() * 8 - bytes.first().map_or(0, |first| first.leading_zeros() as usize);
    if bits < MIN_RSA_BITS { Err("an RSA key of fewer than 2048 bits") } else { Ok(()) }
}

/// A platform key that a certificate or a PEM text holds: what WeChat's signatures are verified with.
pub enum PlatformKey {
    /// SubjectPublicKeyInfo in DER, for the host to verify with.
    Rsa(Vec<u8>),
    /// For this crate.
    Sm2(PublicKey),
}

impl fmt::Debug for PlatformKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rsa(_) => "PlatformKey(RSA)",
            Self::Sm2(_) => "PlatformKey(SM2)",
        })
    }
}

impl PlatformKey {
    /// The key of an X.509 certificate in PEM. It is a container here: names, dates and its own signature are not looked at, since it
    /// is the caller who says that it is WeChat's, and WeChat that says, by number, which one it signed with.
    ///
    /// # Errors
    ///
    /// `InvalidArgument`, naming the field and what kind of thing stands there.
    pub fn of_certificate(certificate: &str) -> Result<Self, Error> {
        const EXPECTED: &str = "an X.509 certificate in PEM with an RSA key of at least 2048 bits or an SM2 key";
        Self::read_certificate(certificate)
            .map_err(|found| refused("platform_certificate.certificate", EXPECTED, found))
    }

    /// A public key in PEM (`PUBLIC KEY`).
    ///
    /// # Errors
    ///
    /// `InvalidArgument`, naming the field and what kind of thing stands there.
    pub fn of_public_key(public_key: &str) -> Result<Self, Error> {
        const EXPECTED: &str = "an RSA key of at least 2048 bits or an SM2 key in PEM (PUBLIC KEY)";
        Self::read_public_key(public_key).map_err(|found| refused("platform_certificate.public_key", EXPECTED, found))
    }

    fn read_certificate(certificate: &str) -> Result<Self, &'static str> {
        let block = pem::read(certificate).ok_or("text that is not PEM")?;
        match block.label {
            "CERTIFICATE" => Self::of_info(key_of_certificate(&block.der).map_err(|_| "a damaged certificate")?),
            "PUBLIC KEY" => Err("a public key"),
            "PRIVATE KEY" | "RSA PRIVATE KEY" | "EC PRIVATE KEY" => Err("a private key"),
            _ => Err("PEM of another kind"),
        }
    }

    fn read_public_key(public_key: &str) -> Result<Self, &'static str> {
        let block = pem::read(public_key).ok_or("text that is not PEM")?;
        match block.label {
            "PUBLIC KEY" => Self::of_info(&block.der),
            "CERTIFICATE" => Err("a certificate"),
            "PRIVATE KEY" | "RSA PRIVATE KEY" | "EC PRIVATE KEY" => Err("a private key"),
            _ => Err("PEM of another kind"),
        }
    }

    /// From SubjectPublicKeyInfo.
    fn of_info(der: &[u8]) -> Result<Self, &'static str> {
        let info = SubjectPublicKeyInfoRef::from_der(der).map_err(|_| "a damaged key")?;
        if info.algorithm.oid == RSA {
            let key =
                pkcs1::RsaPublicKey::from_der(info.subject_public_key.raw_bytes()).map_err(|_| "a damaged key")?;
            check_rsa_modulus(&key.modulus)?;
            Ok(Self::Rsa(der.to_vec()))
        } else if info.algorithm.oid == EC {
            PublicKey::try_from(info).map(Self::Sm2).map_err(|_| "a key of another curve, or a damaged one")
        } else {
            Err("a key of another kind")
        }
    }

    /// Whether an SM2 signature (DER) of the key number `sn` matches. `None` for RSA, which the host verifies.
    #[must_use]
    pub fn verify(&self, sn: &str, message: &[u8], signature: &[u8]) -> Option<bool> {
        let Self::Sm2(key) = self else { return None };
        Some(VerifyingKey::new(sn, *key).and_then(|key| key.verify(message, &Signature::from_der(signature)?)).is_ok())
    }
}

/// The SubjectPublicKeyInfo of an X.509 certificate (RFC 5280, section 4.1): the field after version, serial number, signature
/// algorithm, issuer, validity and subject. The rest has to be DER and is passed over; with the `x509-cert` crate, which reads it
/// all, the module was 39 KB larger.
fn key_of_certificate(certificate: &[u8]) -> der::Result<&[u8]> {
    let mut reader = SliceReader::new(certificate)?;
    let info = reader.sequence(|certificate| {
        let info = certificate.sequence(|fields| {
            let has_version = fields.peek_byte() == Some(0xa0);
            for _ in 0..if has_version { 6 } else { 5 } {
                AnyRef::decode(fields)?;
            }
            let info = fields.tlv_bytes()?;
            while !fields.is_finished() {
                AnyRef::decode(fields)?;
            }
            Ok::<_, der::Error>(info)
        })?;
        // Algorithm and signature.
        AnyRef::decode(certificate)?;
        AnyRef::decode(certificate)?;
        Ok::<_, der::Error>(info)
    })?;
    reader.finish()?;
    Ok(info)
}

/// The platform keys at hand, by number: several while WeChat rotates them.
#[derive(Debug, Default)]
pub struct PlatformKeys<'a>(Vec<(&'a str, PlatformKey)>);

impl<'a> PlatformKeys<'a> {
    /// Adds a key.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for a number of another shape, one that is there already, and more than [`MAX_PLATFORM_KEYS`].
    pub fn add(&mut self, sn: &'a str, key: PlatformKey) -> Result<(), Error> {
        const FIELD: &str = "platform_certificate.sn";
        check_sn(sn, FIELD)?;
        if self.find(sn).is_some() {
            return Err(Error::of(&argument::OUT_OF_RANGE, FIELD, "a number of its own each", Actual::Nothing));
        }
        if self.0.len() == MAX_PLATFORM_KEYS {
            let field = "platform_certificate";
            return Err(Error::of(&argument::TOO_MANY, field, "8 certificates", Actual::Nothing));
        }
        self.0.push((sn, key));
        Ok(())
    }

    /// Where the key of a number stands.
    #[must_use]
    pub fn find(&self, sn: &str) -> Option<usize> {
        self.0.iter().position(|(known, _)| *known == sn)
    }

    /// Number and key at a place.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<(&'a str, &PlatformKey)> {
        self.0.get(index).map(|(sn, key)| (*sn, key))
    }

    /// All keys, in their order.
    pub fn keys(&self) -> impl Iterator<Item = &PlatformKey> {
        self.0.iter().map(|(_, key)| key)
    }
}
