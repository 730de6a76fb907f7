"""nginx in front of replicas, as a process of its own on loopback, set up as a pull that takes long needs it."""

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
        least_conn;                     # a pull takes long: the next one goes where the fewest are under way
{servers}
    }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://replicas;
            proxy_http_version 1.1;     # below 1.1 there are no chunks, and a pull that broke off would look whole
            proxy_set_header Connection "";
            proxy_buffering off;        # each page goes on as it comes, and none to disk
            proxy_read_timeout 1800s;   # as patient as a Sesam node: a connector may wait for HubSpot between two pages
        }}
    }}
}}
"""


def configuration(ports: Sequence[int], port: int, home: Path) -> str:
    """nginx's configuration; `home` takes what it writes."""
    servers = "\n".join(f"        server 127.0.0.1:{one};" for one in ports)
    return CONFIGURATION.format(servers=servers, port=port, home=home)


@contextmanager
def balanced(*ports: int) -> Iterator[int]:
    """The port where nginx listens; the replicas listen at `ports` on loopback.

    Raises:
        NotHereError: there is no nginx.
    """
    nginx = system("nginx")
    with tempfile.TemporaryDirectory() as folder:
        home, port = Path(folder), free_port()
        home.chmod(0o755)  # started as root, its worker is another user
        (home / "nginx.conf").write_text(configuration(ports, port, home))
        errors = ("-e", "stderr", "-g", "error_log stderr notice;")
        with process(nginx, "-p", home, "-c", home / "nginx.conf", *errors) as running:
            running.said(r"(start worker process )")
            yield port
