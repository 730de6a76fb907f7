"""Encryption in DTL; it needs the package cryptography."""

import importlib
from typing import Any

import pytest

from fake_sesam.config import ConfigFile, configure
from fake_sesam.dtl import DtlProgram, compile_program
from tests.unit.fake_sesam.dtl.test_functions import L, evaluate

pytest.importorskip("cryptography")


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


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (["encrypt", "_S.key", "a"], "encrypt: expected a constant string as KEY, got str"),
        (["decrypt", 1, "a"], "decrypt: expected a constant string as KEY, got int"),
        (["encrypt-pki", "no key", "a"], "encrypt-pki: "),
        (["encrypt-pgp", "key", "a"], "encrypt-pgp: this node does not implement OpenPGP"),
    ],
)
def test_what_cannot_be_used_is_a_problem(expression: Any, message: str) -> None:
    _, problems = compile_program({"default": [["add", "v", expression]]})

    assert message in problems[0].message


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


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)

    _, problems = compile_program({"default": [["add", "v", ["encrypt", "k", "a"]]]})

    assert "install contract-bench[encryption]" in problems[0].message
