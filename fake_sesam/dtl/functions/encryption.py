"""Encryption: with a password, with a pair of RSA keys, and with OpenPGP. The packages are in the extra `encryption`.

Source: docs (hub/dtl/dtl-functions-encryption.rst). Assumed: `encrypt` encrypts all VALUES as one JSON text, with
Fernet and a key that is derived from the password and a random salt; what cannot be decrypted is null, or left out of a
list; RSA uses OAEP with SHA-256; OpenPGP messages are not signed, signatures are not checked, and an empty PASSPHRASE
goes with a private key that has none.
"""

import base64
import hashlib
import importlib
import re
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from bench_core.json_text import parse_json
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
    """Return a module of an optional package.

    Raises:
        ValueError: It is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError:
        package = name.partition(".")[0]
        raise ValueError(f"this function needs {package}; install contract-bench[encryption]") from None


def _cryptography(name: str) -> Any:
    return _library(f"cryptography.{name}")


def _keyed(make: Callable[..., Callable[[Any], Any]], *names: str) -> FunctionBuilder:
    """Return a builder for `[NAME, KEY..., VALUES]`.

    Args:
        make: Takes the constant keys, returns what is done to VALUES.
        names: The names of the keys in messages.
    """

    def build(compiler: Compiler, args: list[Any]) -> Evaluator:
        check_argument_count(args, len(names) + 1, len(names) + 1, ", ".join((*names, "VALUES")))
        for name, key in zip(names, args, strict=False):
            if not isinstance(key, str) or compiler.is_path(key):
                raise ValueError(f"expected a constant string as {name}, got {type(key).__name__}")
        (values,) = compiler.compile_arguments(args[len(names) :], first=len(names) + 1)
        hidden = [match[1] for match in map(_SECRET.fullmatch, args[: len(names)]) if match is not None]
        unset = [name for name in hidden if name not in compiler.secrets]
        if unset:
            return _fails(f"$SECRET({unset[0]}) is not set")
        keys = (_revealed(key, compiler.secrets) for key in args[: len(names)])
        try:
            function = make(*keys)
        except ValueError as error:
            if not hidden:
                raise
            return _fails(f"$SECRET({'), $SECRET('.join(hidden)}) cannot be used: {error}")
        return lambda scope: function(values(scope))

    return build


def _revealed(key: str, known: Mapping[str, str]) -> str:
    secret = _SECRET.fullmatch(key)
    return key if secret is None else known[secret[1]]


def _fails(reason: str) -> Evaluator:
    """Return a function that fails the run: configurations are checked without the values of secrets."""

    def fail(scope: RuleScope) -> Any:
        raise TransformError(f"DTL transform failed with error: {reason}", entity=scope.root.source)

    return fail


def _fernet(password: str, salt: bytes) -> Any:
    derived = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ROUNDS)
    return _cryptography("fernet").Fernet(base64.urlsafe_b64encode(derived))


def _encrypt(password: str) -> Callable[[Any], Any]:
    _cryptography("fernet")

    def encrypt(values: Any) -> str:
        salt = secrets.token_bytes(SALT_BYTES)
        return to_bytes(salt + _fernet(password, salt).encrypt(json_text(values).encode()))

    return encrypt


def _decrypt(password: str) -> Callable[[Any], Any]:
    invalid = _cryptography("fernet").InvalidToken

    def decrypt(value: Any) -> Any:
        sealed = content(value)
        if sealed is None:
            return SKIP
        try:
            return parse_json(_fernet(password, sealed[:SALT_BYTES]).decrypt(sealed[SALT_BYTES:]))
        except (invalid, ValueError):
            return SKIP

    return lambda values: map_values(values, decrypt)


def _padding() -> Any:
    padding, hashes = _cryptography("hazmat.primitives.asymmetric.padding"), _cryptography("hazmat.primitives.hashes")
    return padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)


def _encrypt_pki(pem: str) -> Callable[[Any], Any]:
    key, padding = _cryptography("hazmat.primitives.serialization").load_pem_public_key(pem.encode()), _padding()

    def encrypt(value: Any) -> Any:
        return to_bytes(key.encrypt(value.encode(), padding)) if is_plain_string(value) else SKIP

    return lambda values: map_values(values, encrypt)


def _decrypt_pki(pem: str) -> Callable[[Any], Any]:
    key, padding = _cryptography("hazmat.primitives.serialization").load_pem_private_key(pem.encode(), None), _padding()

    def decrypt(value: Any) -> Any:
        sealed = content(value)
        try:
            return SKIP if sealed is None else key.decrypt(sealed, padding).decode()
        except ValueError:
            return SKIP

    return lambda values: map_values(values, decrypt)


def _armored(key: str, kind: str) -> bytes:
    if not key.lstrip().startswith(f"-----BEGIN PGP {kind} KEY"):
        raise ValueError(f"{kind}_KEY does not start with -----BEGIN PGP {kind} KEY BLOCK-----; export the key as text")
    return key.encode()


def _pgp(what: str, act: Callable[[], Any]) -> Any:
    """Return the result of calls of `pysequoia`.

    Raises:
        ValueError: They failed; the message begins with `what` and leaves out the stack of the library.
    """
    try:
        return act()
    except RuntimeError as error:
        raise ValueError(f"{what}: {str(error).partition(chr(10))[0]}") from None


def _encrypt_pgp(public_key: str) -> Callable[[Any], Any]:
    library, armored = _library("pysequoia"), _armored(public_key, "PUBLIC")
    recipients = [_pgp("PUBLIC_KEY cannot be read", lambda: library.Cert.from_bytes(armored))]

    def message(text: str) -> str:
        sealed = _pgp("PUBLIC_KEY cannot encrypt", lambda: library.encrypt(text.encode(), recipients))
        return str(sealed.decode("ascii"))

    # A key that can only sign is found before any entity is.
    message("")
    return lambda values: map_values(values, lambda value: message(value) if is_plain_string(value) else SKIP)


def _decrypt_pgp(private_key: str, passphrase: str) -> Callable[[Any], Any]:
    library, armored = _library("pysequoia"), _armored(private_key, "PRIVATE")
    key = _pgp("PRIVATE_KEY cannot be read", lambda: library.Tsk.from_bytes(armored))
    unlocked = _pgp("PRIVATE_KEY and PASSPHRASE cannot decrypt", lambda: key.decryptor(passphrase or None))

    def decrypt(value: Any) -> Any:
        if not is_plain_string(value):
            return SKIP
        try:
            return _pgp("cannot decrypt", lambda: library.decrypt(value.encode(), unlocked)).bytes.decode()
        except ValueError:
            return SKIP

    return lambda values: map_values(values, decrypt)


FUNCTIONS: dict[str, FunctionBuilder] = {
    "encrypt": _keyed(_encrypt, "KEY"),
    "decrypt": _keyed(_decrypt, "KEY"),
    "encrypt-pki": _keyed(_encrypt_pki, "KEY"),
    "decrypt-pki": _keyed(_decrypt_pki, "KEY"),
    "encrypt-pgp": _keyed(_encrypt_pgp, "PUBLIC_KEY"),
    "decrypt-pgp": _keyed(_decrypt_pgp, "PRIVATE_KEY", "PASSPHRASE"),
}
