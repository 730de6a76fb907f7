"""What leads to the upstream leads to the proxy, in every header that a client follows or sends back."""

from contract_bench.proxy.links import LinkRewriter
from tests.support.cases import for_each

PLAIN = LinkRewriter("http://api.example.com:8080/v2", "http://localhost:8402")
TLS = LinkRewriter("https://api.example.com", "http://localhost:8402")


@for_each(
    ("rewriter", "name", "value", "rewritten"),
    [
        (PLAIN, b"Location", b"http://api.example.com:8080/v2/x?y=1", b"http://localhost:8402/x?y=1"),
        (PLAIN, b"Location", b"http://api.example.com:8080/v2", b"http://localhost:8402"),
        (PLAIN, b"Location", b"http://api.example.com:8080/v2beta/x", None),
        (PLAIN, b"Location", b"//api.example.com:8080/v2/x", b"//localhost:8402/x"),
        (PLAIN, b"Location", b"//api.example.com:8080/other", None),
        (PLAIN, b"Location", b"/v2/x", b"/x"),
        (PLAIN, b"Location", b"/v2?y=1", b"/?y=1"),
        (PLAIN, b"Location", b"/v2beta/x", None),
        (PLAIN, b"Location", b"//other.example/v2/x", None),
        (PLAIN, b"Link", b'</v2/x?p=2>; rel="next", </v2>; rel="first"', b'</x?p=2>; rel="next", </>; rel="first"'),
        (TLS, b"Location", b"//api.example.com/x", b"//localhost:8402/x"),
        (TLS, b"Location", b"//api.example.com", b"//localhost:8402/"),
        (TLS, b"Location", b"/x", None),
        (TLS, b"Location", b"//api.example.com.other.example/x", None),
        (TLS, b"Location", b"https://api.example.community/x", None),
        (TLS, b"Location", b"https://api.example.com:8443/x", None),
        (PLAIN, b"Location", b"https://other.example/?to=//api.example.com:8080/", None),
        (PLAIN, b"X-Other", b"http://api.example.com:8080/v2/x", None),
        (PLAIN, b"Set-Cookie", b"a=1; Domain=api.example.com; Path=/; Secure", b"a=1; Path=/; Secure"),
        (PLAIN, b"Set-Cookie", b"a=1;domain = .Example.com", b"a=1"),
        (PLAIN, b"set-cookie", b"a=1; Domain=other.example; HttpOnly", None),
        (PLAIN, b"Set-Cookie", b"a=1; Domain=pi.example.com", None),
        (TLS, b"Set-Cookie", b"a=1; Secure; Path=/; secure", b"a=1; Path=/"),
        (TLS, b"Set-Cookie", b"secure=1; Path=/secure", None),
        (TLS, b"Set-Cookie", b"a=domain=api.example.com", None),
    ],
)
def test_headers(rewriter: LinkRewriter, name: bytes, value: bytes, rewritten: bytes | None) -> None:
    assert rewriter.header(name, value) == (value if rewritten is None else rewritten)


@for_each(
    ("body", "rewritten"),
    [
        (b'{"next":"http://api.example.com:8080/v2/x"}', b'{"next":"http://localhost:8402/x"}'),
        (b'{"next":"http:\\/\\/api.example.com:8080\\/v2\\/x"}', b'{"next":"http:\\/\\/localhost:8402\\/x"}'),
        (b'{"host":"api.example.com:8080"}', None),
        (b'{"next":"http://api.example.com:8080/v2beta/x"}', None),
        (b"See http://api.example.com:8080/v2. End", b"See http://localhost:8402. End"),
    ],
)
def test_bodies(body: bytes, rewritten: bytes | None) -> None:
    """One without a link is the same object, so nobody compares it."""
    got = PLAIN.body(body)

    assert got == rewritten if rewritten else got is body
