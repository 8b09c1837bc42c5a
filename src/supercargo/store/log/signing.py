"""The signed head of a log (Ed25519, RFC 8032): it vouches for how many events there were, and for the last one's hash."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from supercargo.kernel import Refused, ScenarioError, StoreError, canonical_json, format_utc
from supercargo.track.chain import HEAD_FORM, SignedHead
from supercargo.track.envelope import Head

__all__ = [
    "Signer",
    "head_of_text",
    "key_beside",
    "make_key",
    "public_key_text",
    "read_public_key",
    "read_signer",
    "text_of_head",
]


class Signer:
    """Holds a private key."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public_key = _raw(key.public_key())

    def sign(self, store_id: str, head: Head, at: datetime) -> SignedHead:
        """The head with a signature over all that it says."""
        told: dict[str, Any] = {
            "store_id": store_id,
            "position": head.position,
            "hash": head.hash,
            "signed_utc": format_utc(at.replace(microsecond=0)),
            "public_key": self.public_key,
        }
        return SignedHead(**told, signature=self._key.sign(_signed(told)).hex())


def _raw(key: Ed25519PublicKey) -> str:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def _signed(told: Mapping[str, Any]) -> bytes:
    """What the signature covers: everything but itself, as canonical JSON."""
    return canonical_json({"form": HEAD_FORM, **{name: told[name] for name in told if name != "signature"}}).encode()


def text_of_head(head: SignedHead) -> bytes:
    """The head as its file says it."""
    return canonical_json(asdict(head)).encode()


def head_of_text(text: bytes, public_key: str = "") -> SignedHead:
    """The head of a file, its signature held to `public_key`, or, where none is given, to the key that it names itself.

    Raises ValueError for what is altered, or signed by another key.
    """
    try:
        said = json.loads(text)
        head = SignedHead(**said)
    except (TypeError, RecursionError):
        raise ValueError("the signed head is out of form") from None
    if type(head.position) is not int or text_of_head(head) != text or head.form != HEAD_FORM:
        raise ValueError("the signed head is not written as an export writes it")
    if public_key and head.public_key != public_key:
        raise ValueError("the head is signed with another key than the one given")
    try:
        key, signature = bytes.fromhex(head.public_key), bytes.fromhex(head.signature)
        if (key.hex(), signature.hex()) != (head.public_key, head.signature):  # capitals say the same in other bytes
            raise ValueError("the signed head is not written as an export writes it")
        Ed25519PublicKey.from_public_bytes(key).verify(signature, _signed(said))
    except (InvalidSignature, TypeError):
        raise ValueError("the signature of the head is wrong") from None
    return head


def key_beside(store: Path) -> Path:
    """Where the private key of an SQLite store stands; the public one has `.pub` behind it."""
    return store.with_name(store.name + ".key")


def make_key(path: Path) -> Signer:
    """Make a pair of keys: the private one at `path`, for its owner alone, the public one beside it.

    Raises Refused where a key stands already, StoreError where the disk refuses.
    """
    key = Ed25519PrivateKey.generate()
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    signer = Signer(key)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for place, content, mode in ((path, text, 0o600), (_public_of(path), public_key_text(signer.public_key), 0o644)):
            flags = os.O_WRONLY | os.O_CREAT | (os.O_EXCL if place == path else os.O_TRUNC)
            with os.fdopen(os.open(place, flags, mode), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
    except FileExistsError:
        raise Refused("a key stands there already", fix="move it away first; never lose it", where=str(path)) from None
    except OSError as error:
        raise StoreError(f"the key can't be written: {error}", fix="check the path and its disk", where=str(path)) from error
    return signer


def _public_of(path: Path) -> Path:
    return path.with_name(path.name + ".pub")


def read_signer(path: Path) -> Signer:
    """The holder of a private key. Raises StoreError where it is missing, broken, or open to others."""
    try:
        if path.stat().st_mode & 0o077:
            fix = f"chmod 600 {path}, and ask who has read it"
            raise StoreError("others may read the private key", fix=fix, where=str(path))
        key = load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError:
        fix = "put the key file back where it was, or make a new pair with --new-key and tell those who verify"
        raise StoreError("the private key is missing", fix=fix, where=str(path)) from None
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise StoreError(f"the private key can't be read: {error}", fix="put the right file back", where=str(path)) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise StoreError("the private key is none of Ed25519", fix="put the right file back", where=str(path))
    return Signer(key)


def public_key_text(public_key: str) -> bytes:
    """A public key as a PEM file, such as other programs read."""
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def read_public_key(path: Path) -> str:
    """The public key of a PEM file. Raises ScenarioError for a file that has none of Ed25519."""
    fix = "give the .pub file of the store, as its owner handed it over"
    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise ScenarioError(f"the public key can't be read: {error}", fix=fix, where=str(path)) from None
    if not isinstance(key, Ed25519PublicKey):
        raise ScenarioError("the public key is none of Ed25519", fix=fix, where=str(path))
    return _raw(key)
