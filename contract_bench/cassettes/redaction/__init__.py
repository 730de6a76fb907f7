"""Removes secrets and personal data from recordings. Only what a rule allows is kept."""

from contract_bench.cassettes.redaction.headers import is_allowed_request_header, is_allowed_response_header
from contract_bench.cassettes.redaction.redactor import Change, RedactedRecording, Redactor
from contract_bench.cassettes.redaction.secrets import Secret, find_secrets

__all__ = [
    "Change",
    "RedactedRecording",
    "Redactor",
    "Secret",
    "find_secrets",
    "is_allowed_request_header",
    "is_allowed_response_header",
]
