"""Runs nginx in front of replicas on loopback, configured for long pulls."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.alternatives import system
from benchmarks.mocks import free_port
from benchmarks.processes import process

CONFIGURATION = """\
daemon off;
worker_processes 1;
pid {home}/nginx.pid;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {home}/body;
    proxy_temp_path {home}/proxy;
    fastcgi_temp_path {home}/fastcgi;
    uwsgi_temp_path {home}/uwsgi;
    scgi_temp_path {home}/scgi;

    upstream replicas {{
        least_conn;                     # pulls are long: send the next one to the replica with the fewest running
{servers}
    }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://replicas;
            proxy_http_version 1.1;     # HTTP/1.0 has no chunks, so a broken pull would look complete
            proxy_set_header Connection "";
            proxy_buffering off;        # pass each page on as it arrives, write none to disk
            proxy_read_timeout 1800s;   # a Sesam node waits as long: a connector may wait for HubSpot between pages
        }}
    }}
}}
"""


def configuration(ports: Sequence[int], port: int, home: Path) -> str:
    """Return nginx's configuration; nginx writes its files to `home`."""
    servers = "\n".join(f"        server 127.0.0.1:{one};" for one in ports)
    return CONFIGURATION.format(servers=servers, port=port, home=home)


@contextmanager
def balanced(*ports: int) -> Iterator[int]:
    """Run nginx in front of replicas that listen on these ports of loopback, and yield its own port.

    Raises:
        NotHereError: nginx was not found.
    """
    nginx = system("nginx")
    with tempfile.TemporaryDirectory() as folder:
        home, port = Path(folder), free_port()
        home.chmod(0o755)  # if nginx is started as root, its worker runs as another user
        (home / "nginx.conf").write_text(configuration(ports, port, home))
        errors = ("-e", "stderr", "-g", "error_log stderr notice;")
        with process(nginx, "-p", home, "-c", home / "nginx.conf", *errors) as running:
            running.said(r"(start worker process )")
            yield port
