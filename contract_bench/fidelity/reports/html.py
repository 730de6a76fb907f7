"""The report as one HTML page that can be sent to a colleague: no script, nothing loaded from anywhere."""

from html import escape

from contract_bench.cassettes.evidence import Origin
from contract_bench.fidelity.mismatch import Mismatch, Mode, Severity
from contract_bench.fidelity.verify import CassetteResult, InteractionResult, Verification

__all__ = ["to_html"]

STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1d2733; --soft: #5c6b7a; --line: #d9e0e7; --card: #f6f8fa;
  --error: #b42318; --warning: #a15c00; --info: #2f6f9f; --equal: #1a7f45; }
@media (prefers-color-scheme: dark) { :root { --paper: #12171d; --ink: #e4eaf0; --soft: #98a6b3; --line: #2c3640;
  --card: #1a2129; --error: #ff8a7a; --warning: #f0b04f; --info: #7fbfe8; --equal: #62cf8f; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 68rem; padding: 2rem 1.25rem 4rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 0; overflow-wrap: anywhere; }
p { margin: .25rem 0; } .soft { color: var(--soft); }
.counts { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.25rem 0 2rem; padding: 0; list-style: none; }
.counts li { border: 1px solid var(--line); border-radius: .5rem; padding: .5rem 1rem; min-width: 7rem; }
.counts strong { display: block; font-size: 1.5rem; }
section { border: 1px solid var(--line); border-radius: .5rem; margin: 0 0 1.5rem; overflow: hidden; }
section > header { background: var(--card); padding: .9rem 1.1rem; border-bottom: 1px solid var(--line); }
.origin { font-weight: 600; } .origin.fake, .origin.unknown { color: var(--warning); }
.origin.hubspot { color: var(--equal); }
details { border-bottom: 1px solid var(--line); } details:last-child { border-bottom: 0; }
summary { cursor: pointer; padding: .6rem 1.1rem; display: flex; gap: .75rem; align-items: baseline; }
summary code { overflow-wrap: anywhere; flex: 1; }
.badge { font-size: .8rem; font-weight: 600; min-width: 4.5rem; }
.error { color: var(--error); } .warning { color: var(--warning); } .info { color: var(--info); }
.equal { color: var(--equal); }
table { border-collapse: collapse; width: 100%; table-layout: fixed; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem 1.1rem; border-top: 1px solid var(--line);
  overflow-wrap: anywhere; }
th { color: var(--soft); font-weight: 600; }
code { font: .875em ui-monospace, SFMono-Regular, Menlo, monospace; }
.reason { display: block; color: var(--soft); }
@media (max-width: 40rem) { table, tbody, tr, td { display: block; } thead { display: none; }
  td { padding: .2rem 1.1rem; } tr { padding: .4rem 0; }
  td::before { content: attr(data-label) ": "; color: var(--soft); } }
"""


def to_html(verification: Verification) -> str:
    """One page. Everything that comes from a recording is escaped."""
    cassettes = "\n".join(map(_cassette, verification.cassettes))
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>How true is the fake? contract-bench verify</title>
<style>{STYLE}</style>
</head>
<body>
<h1>How true is the fake?</h1>
<p class="soft">contract-bench verify, {escape(verification.verified_at)}</p>
{_trust(verification)}
{_counts(verification)}
{cassettes}
<p class="soft">error: a reader of the API may break. warning: it differs, readers seldom notice. note: it differs and
is harmless, declared with a reason, or new. Ids, cursors and timestamps are compared by which of them are equal.</p>
</body>
</html>
"""


def _trust(verification: Verification) -> str:
    of_hubspot = [one for one in verification.cassettes if one.origin is Origin.HUBSPOT]
    asserted = sum(one.asserted for one in of_hubspot)
    by_hand = f" ({asserted} of these by somebody's word, without an evidence file)" if asserted else ""
    return (
        f"<p><strong>{len(of_hubspot)} of {len(verification.cassettes)} cassettes were recorded from HubSpot</strong>"
        f"{by_hand}. Any other says nothing about HubSpot.</p>"
    )


def _counts(verification: Verification) -> str:
    equal = sum(not one.mismatches for cassette in verification.cassettes for one in cassette.interactions)
    shown = [(_word(one), one.value, verification.count(one)) for one in sorted(Severity, key=lambda one: -one.rank)]
    shown.append(("equal answers", "equal", equal))
    items = "".join(f'<li><strong class="{style}">{count}</strong>{name}</li>' for name, style, count in shown)
    return f'<ul class="counts">{items}</ul>'


def _word(severity: Severity) -> str:
    return {"error": "errors", "warning": "warnings", "info": "notes"}[severity.value]


def _cassette(result: CassetteResult) -> str:
    what = "now" if result.mode is Mode.DRIFT else "against"
    recorded = f", {escape(result.recorded_at)}" if result.recorded_at else ""
    interactions = "\n".join(map(_interaction, result.interactions))
    return f"""<section>
<header><h2>{escape(str(result.path))}</h2>
<p class="origin {"unknown" if result.asserted else result.origin}">{escape(result.origin_sentence)}{recorded}</p>
<p class="soft">{what}: {escape(result.against)}</p></header>
{interactions}
</section>"""


def _interaction(result: InteractionResult) -> str:
    worst = result.worst
    style = worst.value if worst else "equal"
    word = "note" if worst is Severity.INFO else style
    opened = " open" if worst is Severity.ERROR else ""
    body = _table(result) if result.mismatches else '<p class="soft" style="padding: 0 1.1rem .6rem">No difference.</p>'
    return (
        f'<details{opened}><summary><span class="badge {style}">{word}</span><code>{escape(result.request)}</code>'
        f'<span class="soft">{result.status}</span></summary>{body}</details>'
    )


def _table(result: InteractionResult) -> str:
    rows = "".join(map(_row, result.mismatches))
    head = "<tr><th>where</th><th>what</th><th>recorded</th><th>got</th></tr>"
    return f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"


def _row(mismatch: Mismatch) -> str:
    reason = f'<span class="reason">declared: {escape(mismatch.reason)}</span>' if mismatch.reason else ""
    word = "note" if mismatch.severity is Severity.INFO else mismatch.severity.value
    return (
        f'<tr><td data-label="where"><code>{escape(mismatch.path)}</code></td>'
        f'<td data-label="what"><span class="{mismatch.severity}">{word}: {mismatch.kind}</span>{reason}</td>'
        f'<td data-label="recorded"><code>{escape(mismatch.recorded)}</code></td>'
        f'<td data-label="got"><code>{escape(mismatch.actual)}</code></td></tr>'
    )
