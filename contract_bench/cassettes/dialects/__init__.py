"""The file formats that can be read: vcrpy (YAML or JSON) and Ruby's VCR (YAML)."""

from contract_bench.cassettes.dialects.reader import read_cassette

__all__ = ["read_cassette"]
