"""The file formats a cassette can be read from: vcrpy's (YAML, JSON) and that of Ruby's VCR (YAML)."""

from contract_bench.cassettes.dialects.reader import read_cassette

__all__ = ["read_cassette"]
