"""Certificates for tests."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import NameOID

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def make_certificate(
    name: str,
    key: Key | None = None,
    days: int = 60,
    names: Sequence[x509.GeneralName] | None = None,
    authority: bytes | None = None,
) -> bytes:
    """Make a key and a certificate for a name, as PEM, valid for ``days`` from 30 days ago.

    ``names`` are what it is for instead, of any kind. It is signed by an ``authority``, made likewise, or by itself.
    """
    names = [x509.DNSName(name)] if names is None else names
    key = key or ec.generate_private_key(ec.SECP256R1())
    issued = datetime.now(UTC) - timedelta(days=30)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name or "test")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(x509.load_pem_x509_certificate(authority).subject if authority else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(issued)
        .not_valid_after(issued + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    signing: Any = load_pem_private_key(authority, None) if authority else key
    certificate = builder.sign(signing, hashes.SHA256())
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private + certificate.public_bytes(Encoding.PEM)
