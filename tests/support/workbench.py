"""A workbench with a connector that starts at once."""

import shlex
from pathlib import Path

from contract_bench.roles.node_config import write_node
from contract_bench.roles.workbench import WorkbenchSettings

__all__ = ["CONNECTOR", "settings_in"]

# Asks HubSpot for one contact and gives Sesam what it got.
CONNECTOR = """
import http.server, json, os, urllib.request
print("level is", os.environ.get("LEVEL"), flush=True)
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        url = os.environ["HUBSPOT_BASE_URL"] + "/crm/v3/objects/contacts?limit=1"
        request = urllib.request.Request(url, headers={"Authorization": "Bearer " + os.environ["HUBSPOT_API_KEY"]})
        found = [] if self.path == "/health" else json.load(urllib.request.urlopen(request))["results"]
        body = json.dumps([{"_id": each["id"]} for each in found]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *args):
        pass
http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""


def settings_in(folder: Path, *systems: str) -> WorkbenchSettings:
    """Settings for a node with these systems, on free ports."""
    script = folder / "connector.py"
    script.write_text(CONNECTOR, "utf-8")
    node_dir = folder / "node"
    node_dir.mkdir(exist_ok=True)
    (node_dir / "node-metadata.conf.json").write_text('{"_id": "node", "type": "metadata"}', "utf-8")
    for system in systems:
        write_node(node_dir, route="contacts", patience_s=30, environment={}, system=system)
    command = f"python {shlex.quote(str(script))}"
    return WorkbenchSettings(node_dir, command, contacts=2, hubspot_port=0, node_port=0, environment={"LEVEL": "7"})
