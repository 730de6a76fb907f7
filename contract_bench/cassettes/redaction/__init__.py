"""Takes secrets and people's data out of recordings. Nothing passes that no rule lets pass."""

from contract_bench.cassettes.redaction.headers import is_allowed_request_header, is_allowed_response_header
from contract_bench.cassettes.redaction.redactor import Change, Redacted, Redactor
from contract_bench.cassettes.redaction.secrets import Secret, find_secrets

__all__ = [
    "Change",
    "Redacted",
    "Redactor",
    "Secret",
    "find_secrets",
    "is_allowed_request_header",
    "is_allowed_response_header",
]
