"""Encryption: with a password, and with a pair of RSA keys. Needs the package `cryptography` (extra `encryption`).

Source: docs (hub/dtl/dtl-functions-encryption.rst). Assumed: `encrypt` encrypts all VALUES as one JSON text, with
Fernet and a key that is derived from the password and a random salt; what cannot be decrypted is null, or left out of a
list; RSA uses OAEP with SHA-256. Not implemented: `encrypt-pgp` and `decrypt-pgp`.
"""

import base64
import hashlib
import importlib
import json
import re
import secrets
from collections.abc import Callable
from typing import Any

from fake_sesam.dtl.builders import check_argument_count
from fake_sesam.dtl.compiler import Compiler, FunctionBuilder
from fake_sesam.dtl.functions.binary import content, to_bytes
from fake_sesam.dtl.functions.strings import json_text
from fake_sesam.dtl.scope import Evaluator, RuleScope
from fake_sesam.dtl.values import SKIP, is_plain_string, map_values
from fake_sesam.errors import TransformError

__all__ = ["FUNCTIONS"]

_SECRET = re.compile(r"\$SECRET\(([^()]*)\)")
SALT_BYTES = 16
ROUNDS = 1000


def _library(name: str) -> Any:
    """Return a module of `cryptography`.

    Raises:
        ValueError: It is not installed.
    """
    try:
        return importlib.import_module(f"cryptography.{name}")
    except ImportError:
        raise ValueError("this function needs cryptography; install contract-bench[encryption]") from None


def _keyed(make: Callable[[str], Callable[[Any], Any]]) -> FunctionBuilder:
    """Return a builder for `[NAME, KEY, VALUES]`; `make` returns what is done to VALUES with a constant KEY."""

    def build(compiler: Compiler, args: list[Any]) -> Evaluator:
        check_argument_count(args, 2, 2, "KEY, VALUES")
        if not isinstance(args[0], str) or compiler.is_path(args[0]):
            raise ValueError(f"expected a constant string as KEY, got {type(args[0]).__name__}")
        (values,) = compiler.compile_arguments(args[1:], first=2)
        secret = _SECRET.fullmatch(args[0])
        if secret is not None and secret[1] not in compiler.secrets:
            return _unset(secret[1])
        function = make(args[0] if secret is None else compiler.secrets[secret[1]])
        return lambda scope: function(values(scope))

    return build


def _unset(name: str) -> Evaluator:
    """Return what a function with a secret does in a program that is only checked, not run."""

    def fail(scope: RuleScope) -> Any:
        raise TransformError(f"DTL transform failed with error: $SECRET({name}) is not set", entity=scope.root.source)

    return fail


def _fernet(password: str, salt: bytes) -> Any:
    derived = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ROUNDS)
    return _library("fernet").Fernet(base64.urlsafe_b64encode(derived))


def _encrypt(password: str) -> Callable[[Any], Any]:
    _library("fernet")

    def encrypt(values: Any) -> str:
        salt = secrets.token_bytes(SALT_BYTES)
        return to_bytes(salt + _fernet(password, salt).encrypt(json_text(values).encode()))

    return encrypt


def _decrypt(password: str) -> Callable[[Any], Any]:
    invalid = _library("fernet").InvalidToken

    def decrypt(value: Any) -> Any:
        sealed = content(value)
        if sealed is None:
            return SKIP
        try:
            return json.loads(_fernet(password, sealed[:SALT_BYTES]).decrypt(sealed[SALT_BYTES:]))
        except (invalid, ValueError):
            return SKIP

    return lambda values: map_values(values, decrypt)


def _padding() -> Any:
    padding, hashes = _library("hazmat.primitives.asymmetric.padding"), _library("hazmat.primitives.hashes")
    return padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)


def _encrypt_pki(pem: str) -> Callable[[Any], Any]:
    key, padding = _library("hazmat.primitives.serialization").load_pem_public_key(pem.encode()), _padding()

    def encrypt(value: Any) -> Any:
        return to_bytes(key.encrypt(value.encode(), padding)) if is_plain_string(value) else SKIP

    return lambda values: map_values(values, encrypt)


def _decrypt_pki(pem: str) -> Callable[[Any], Any]:
    key, padding = _library("hazmat.primitives.serialization").load_pem_private_key(pem.encode(), None), _padding()

    def decrypt(value: Any) -> Any:
        sealed = content(value)
        try:
            return SKIP if sealed is None else key.decrypt(sealed, padding).decode()
        except ValueError:
            return SKIP

    return lambda values: map_values(values, decrypt)


def _not_implemented(compiler: Compiler, args: list[Any]) -> Evaluator:
    del compiler, args
    raise ValueError("this node does not implement OpenPGP")


FUNCTIONS: dict[str, FunctionBuilder] = {
    "encrypt": _keyed(_encrypt),
    "decrypt": _keyed(_decrypt),
    "encrypt-pki": _keyed(_encrypt_pki),
    "decrypt-pki": _keyed(_decrypt_pki),
    "encrypt-pgp": _not_implemented,
    "decrypt-pgp": _not_implemented,
}
