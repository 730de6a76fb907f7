"""Runs nginx on loopback, for instance in front of replicas, configured for long pulls."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.alternatives import system
from benchmarks.mocks import free_port
from benchmarks.processes import Process, process

FRAME = """\
daemon off;
worker_processes 1;
pid "{home}/nginx.pid";
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path "{home}/body";
    proxy_temp_path "{home}/proxy";
    fastcgi_temp_path "{home}/fastcgi";
    uwsgi_temp_path "{home}/uwsgi";
    scgi_temp_path "{home}/scgi";
{content}
}}
"""
REPLICAS = """
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
"""


def configuration(ports: Sequence[int], port: int, home: Path) -> str:
    """Return nginx's configuration for replicas; nginx writes its files to `home`."""
    return FRAME.format(home=home, content=replicas(ports, port))


def replicas(ports: Sequence[int], port: int) -> str:
    """Return the part of the configuration that spreads pulls over replicas."""
    servers = "\n".join(f"        server 127.0.0.1:{one};" for one in ports)
    return REPLICAS.format(servers=servers, port=port)


@contextmanager
def balanced(*ports: int) -> Iterator[int]:
    """Run nginx in front of replicas that listen on these ports of loopback, and yield its own port.

    Raises:
        NotHereError: nginx was not found.
    """
    port = free_port()
    with nginx(replicas(ports, port)):
        yield port


@contextmanager
def nginx(content: str) -> Iterator[Process]:
    """Run nginx with one worker. `content` goes into its block `http`, after the paths.

    Raises:
        NotHereError: nginx was not found.
    """
    program = system("nginx")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        home.chmod(0o755)  # if nginx is started as root, its worker runs as another user
        (home / "nginx.conf").write_text(FRAME.format(home=home, content=content))
        errors = ("-e", "stderr", "-g", "error_log stderr notice;")
        with process(program, "-p", home, "-c", home / "nginx.conf", *errors) as running:
            running.said(r"(start worker process )")
            yield running
