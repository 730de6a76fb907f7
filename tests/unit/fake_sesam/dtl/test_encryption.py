"""Encryption in DTL; it needs the packages cryptography and pysequoia."""

import importlib
from typing import Any

import pytest

from fake_sesam.config import ConfigFile, configure
from fake_sesam.dtl import DtlProgram, compile_program
from fake_sesam.errors import TransformError
from tests.support.cases import for_each
from tests.unit.fake_sesam.dtl.test_functions import L, evaluate

pytest.importorskip("cryptography")

# Made with GnuPG for these tests alone, dated 2020; it never expires.
PASSPHRASE = "open-sesame"
PRIVATE_KEY = """\
-----BEGIN PGP PRIVATE KEY BLOCK-----

lIYEXgvhABYJKwYBBAHaRw8BAQdAtd1U0MzBivMoGtMJDXaABBjfuIWGXLEr1Mdd
WLv+Jvr+BwMCF3Vs5jvriktgT73jiBhuKB0YMpnYL31My3XC0VFrEj2eDoeI9Iub
SbTuArxjjLcP2rvSidUS6RylwgHIdtLgArhTIPbDLZt1JbskPcojTrQEdGVzdIiQ
BBMWCAA4FiEE6vm+IUrWOFdWi8crVGF0RYoGl+kFAl4L4QACGwMFCwkIBwIGFQoJ
CAsCBBYCAwECHgECF4AACgkQVGF0RYoGl+nakgD/f1dp98t1CqzKmHeXFwutn1Jd
LLiqZYpByX19IdMKV/MA/1rUWAqiLvwmduXHAi/yH5CUyCf5q0dqx5cqLWSoEFMD
nIsEXgvhABIKKwYBBAGXVQEFAQEHQGkWq+Yxqp8Tq4yAwv2tkBec0NPpQsDHeQIQ
JKYHAihoAwEIB/4HAwI+eBBnW/D6aWB6nqoughaPRtmBC7N407qsKWSAcI5gPTQa
IEEyWcbBkfbtW23J+YLAfvwf20b+2U9nFn264o6x3fbmrzFKXCrKQDkg/m6CiHgE
GBYIACAWIQTq+b4hStY4V1aLxytUYXRFigaX6QUCXgvhAAIbDAAKCRBUYXRFigaX
6WZnAP9LQSezyeqAGypq8wG9v6J4qLXyrlC4GRUarZpHXuZlbgEA2XfOa9vceHBH
EAE9ksxTNyYgdo/QAK0WDw3VhXR9Hws=
=CHzk
-----END PGP PRIVATE KEY BLOCK-----
"""


@pytest.fixture(scope="module")
def pgp() -> Any:
    return importlib.import_module("pysequoia")


@pytest.fixture(scope="module")
def public_key(pgp: Any) -> str:
    return str(pgp.Tsk.from_bytes(PRIVATE_KEY.encode()).extract_certificate())


def test_a_password_decrypts_what_it_encrypted() -> None:
    values = L("a", "b", {"c": [1, None]})

    assert evaluate(["is-bytes", ["encrypt", "secret", values]]) is True
    assert evaluate(["decrypt", "secret", ["encrypt", "secret", values]]) == ["a", "b", {"c": [1, None]}]
    assert evaluate(["decrypt", "other", ["encrypt", "secret", values]]) is None
    assert evaluate(["decrypt", "secret", L("~bYWJj", "plain", 1)]) == []
    assert evaluate(["encrypt", "secret", "a"]) != evaluate(["encrypt", "secret", "a"])


def test_a_private_key_decrypts_what_the_public_one_encrypted() -> None:
    rsa = importlib.import_module("cryptography.hazmat.primitives.asymmetric.rsa")
    forms = importlib.import_module("cryptography.hazmat.primitives.serialization")
    key = rsa.generate_private_key(65537, 2048)
    private = key.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.NoEncryption()).decode()
    public = key.public_key().public_bytes(forms.Encoding.PEM, forms.PublicFormat.SubjectPublicKeyInfo).decode()

    sealed = ["encrypt-pki", public, ["json-transit", L("a", 1)]]

    assert evaluate(["is-bytes", sealed]) is True
    assert evaluate(["json-transit-parse", ["decrypt-pki", private, sealed]]) == ["a", 1]
    assert evaluate(["decrypt-pki", private, L("~bYWJj", "plain")]) == []


@for_each(
    ("expression", "message"),
    [
        (["encrypt", "_S.key", "a"], "encrypt: expected a constant string as KEY, got str"),
        (["decrypt", 1, "a"], "decrypt: expected a constant string as KEY, got int"),
        (["encrypt-pki", "no key", "a"], "encrypt-pki: "),
        (["encrypt-pgp", "no key", "a"], "encrypt-pgp: PUBLIC_KEY does not start with -----BEGIN PGP PUBLIC KEY BLOCK"),
        (["encrypt-pgp", PRIVATE_KEY, "a"], "encrypt-pgp: PUBLIC_KEY does not start with"),
        (["encrypt-pgp", "-----BEGIN PGP PUBLIC KEY BLOCK-----", "a"], "encrypt-pgp: PUBLIC_KEY cannot be read: "),
        (["encrypt-pgp", "key"], "encrypt-pgp: expected PUBLIC_KEY, VALUES, got 1 argument"),
        (["encrypt-pgp", "_S.key", "a"], "encrypt-pgp: expected a constant string as PUBLIC_KEY, got str"),
        (["decrypt-pgp", "no key", "", "a"], "decrypt-pgp: PRIVATE_KEY does not start with -----BEGIN PGP PRIVATE KEY"),
        (["decrypt-pgp", PRIVATE_KEY[:300], "", "a"], "decrypt-pgp: PRIVATE_KEY cannot be read: "),
        (["decrypt-pgp", PRIVATE_KEY, "a"], "decrypt-pgp: expected PRIVATE_KEY, PASSPHRASE, VALUES, got 2 arguments"),
        (["decrypt-pgp", PRIVATE_KEY, 1, "a"], "decrypt-pgp: expected a constant string as PASSPHRASE, got int"),
        (["decrypt-pgp", PRIVATE_KEY, "wrong", "a"], "decrypt-pgp: PRIVATE_KEY and PASSPHRASE cannot decrypt: "),
        (["decrypt-pgp", PRIVATE_KEY, "", "a"], "PRIVATE_KEY and PASSPHRASE cannot decrypt: Invalid argument: "),
    ],
)
def test_what_cannot_be_used_is_a_problem(expression: Any, message: str) -> None:
    _, problems = compile_program({"default": [["add", "v", expression]]})

    assert message in problems[0].message
    assert "backtrace" not in problems[0].message


def test_openpgp_decrypts_what_it_encrypted(public_key: str) -> None:
    texts = L("data", "", "blåbær\n" * 10_000)

    one = evaluate(["encrypt-pgp", public_key, "secret message"])

    assert one.startswith("-----BEGIN PGP MESSAGE-----\n")
    assert one.rstrip().endswith("-----END PGP MESSAGE-----")
    assert evaluate(["decrypt-pgp", PRIVATE_KEY, PASSPHRASE, one]) == "secret message"
    assert evaluate(["decrypt-pgp", PRIVATE_KEY, PASSPHRASE, ["encrypt-pgp", public_key, texts]]) == texts[1:]


def test_openpgp_takes_strings_and_nothing_else(public_key: str) -> None:
    others = L(1, None, True, "~bYWJj", "~rhttp://a/", {"a": "b"})

    assert evaluate(["encrypt-pgp", public_key, others]) == []
    assert evaluate(["encrypt-pgp", public_key, None]) is None
    assert evaluate(["decrypt-pgp", PRIVATE_KEY, PASSPHRASE, others]) == []
    assert evaluate(["decrypt-pgp", PRIVATE_KEY, PASSPHRASE, None]) is None


def test_what_openpgp_cannot_decrypt_is_null_or_left_out(pgp: Any, public_key: str) -> None:
    stranger = pgp.Tsk.generate("stranger").extract_certificate()
    message = evaluate(["encrypt-pgp", public_key, "data"])
    for_another_key = evaluate(["encrypt-pgp", str(stranger), "data"])
    binary = pgp.encrypt(b"\xff", [pgp.Cert.from_bytes(public_key.encode())]).decode()
    unusable = [for_another_key, binary, message[:120], message.replace("\n", "\nA", 3), public_key, "plain", ""]

    mixed = ["decrypt-pgp", PRIVATE_KEY, PASSPHRASE, L(*unusable, message)]

    assert evaluate(mixed) == ["data"]
    assert evaluate(["decrypt-pgp", PRIVATE_KEY, PASSPHRASE, for_another_key]) is None


def test_a_private_key_without_a_passphrase_has_an_empty_one(pgp: Any) -> None:
    key = pgp.Tsk.generate("open")
    message = ["encrypt-pgp", str(key.extract_certificate()), "data"]

    _, problems = compile_program({"default": [["add", "v", ["decrypt-pgp", str(key), "needless", message]]]})

    assert evaluate(["decrypt-pgp", str(key), "", message]) == "data"
    assert "PASSPHRASE cannot decrypt: Invalid argument: secret key is not encrypted" in problems[0].message


def test_a_public_key_that_cannot_encrypt_is_a_problem(pgp: Any, public_key: str) -> None:
    packets = list(importlib.import_module("pysequoia.packet").PacketPile.from_bytes(public_key.encode()))
    only_signs = str(pgp.Cert.from_packets(packets[:3]))

    _, problems = compile_program({"default": [["add", "v", ["encrypt-pgp", only_signs, "a"]]]})

    assert "encrypt-pgp: PUBLIC_KEY cannot encrypt: No suitable encryption subkey" in problems[0].message


def piped(rules: Any, **secrets: str) -> Any:
    """Return the configuration of a pipe with these rules."""
    source = {"type": "embedded", "entities": [{"_id": "a"}]}
    pipe = {"_id": "p", "type": "pipe", "source": source, "transform": {"type": "dtl", "rules": {"default": rules}}}
    return configure([ConfigFile("p", pipe)], env={}, secrets=secrets)


def test_a_key_may_be_a_secret_and_nothing_else_in_a_pipe() -> None:
    """The secret is not in the configuration that the node shows."""
    sealed = ["decrypt", "$SECRET(key)", ["encrypt", "$SECRET(key)", "text"]]

    good = piped([["add", "v", sealed]], key="hidden-value")
    unset = piped([["add", "v", sealed]])
    elsewhere = piped([["add", "v", ["concat", "$SECRET(key)"]]], key="hidden-value")

    program = good.pipes["p"].steps[0].does
    assert isinstance(program, DtlProgram)
    assert good.errors == ()
    assert program.apply({"_id": "a"})[0]["v"] == "text"
    assert "hidden-value" not in repr(good.pipes["p"]) + str(good.pipes["p"].effective)
    assert "$SECRET(key) is not set" in unset.errors[0].message
    assert "only allowed in a system's configuration" in elsewhere.errors[0].message


def test_the_keys_of_openpgp_may_be_secrets(public_key: str) -> None:
    sealed = ["encrypt-pgp", "$SECRET(public)", "text"]
    rules = [["add", "v", ["decrypt-pgp", "$SECRET(private)", "$SECRET(passphrase)", sealed]]]

    good = piped(rules, public=public_key, private=PRIVATE_KEY, passphrase=PASSPHRASE)
    unset = piped(rules, public=public_key, private=PRIVATE_KEY)

    program = good.pipes["p"].steps[0].does
    assert isinstance(program, DtlProgram)
    assert good.errors == ()
    assert program.apply({"_id": "a"})[0]["v"] == "text"
    assert PASSPHRASE not in repr(good.pipes["p"]) + str(good.pipes["p"].effective)
    assert "$SECRET(passphrase) is not set" in unset.errors[0].message


@for_each(
    "expression",
    [
        ["encrypt-pki", "$SECRET(key)", "a"],
        ["decrypt-pki", "$SECRET(key)", "a"],
        ["encrypt-pgp", "$SECRET(key)", "a"],
        ["decrypt-pgp", "$SECRET(key)", "", "a"],
        ["decrypt-pgp", PRIVATE_KEY, "$SECRET(key)", "a"],
    ],
)
def test_a_secret_that_is_no_key_fails_the_run(expression: Any) -> None:
    program = piped([["add", "v", expression]], key="hidden-value").pipes["p"].steps[0].does
    assert isinstance(program, DtlProgram)

    with pytest.raises(TransformError, match=r"\$SECRET\(key\) cannot be used: ") as failure:
        program.apply({"_id": "a"})

    assert "hidden-value" not in str(failure.value)


@pytest.mark.parametrize(
    ("expression", "package"),
    [
        (["encrypt", "k", "a"], "cryptography"),
        (["encrypt-pgp", "k", "a"], "pysequoia"),
        (["decrypt-pgp", "k", "p", "a"], "pysequoia"),
    ],
)
def test_a_missing_package_is_named(expression: Any, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)

    _, problems = compile_program({"default": [["add", "v", expression]]})

    assert f"needs {package}; install contract-bench[encryption]" in problems[0].message
