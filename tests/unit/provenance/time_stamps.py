"""A time stamp authority (RFC 3161) of our own: OpenSSL behind a web server on this machine."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

_CONFIG = """
[req]
distinguished_name=dn
prompt=no
[dn]
CN={name}
O=livecam tests
[root]
basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
[leaf]
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=critical,timeStamping
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
[authority]
serial={folder}/serial
signer_digest=sha256
default_policy=1.3.6.1.4.1.99999.1
digests=sha256,sha384,sha512
signer_cert={folder}/leaf.pem
signer_key={folder}/leaf.key
certs={folder}/chain.pem
accuracy=secs:1
ordering=no
tsa_name=no
ess_cert_id_chain=no
ess_cert_id_alg=sha256
"""


def openssl(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True, timeout=120, check=False)


class Authority:
    """What it was asked and what it answered, in files; `verified` lets OpenSSL judge."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.requests = folder, 0
        curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        (folder / "serial").write_text("01")
        for name in ("root", "leaf"):
            (folder / f"{name}.cnf").write_text(_CONFIG.format(name=f"local {name}", folder=folder))
        root = ("-x509", "-days", "30", "-extensions", "root", "-config", folder / "root.cnf")
        openssl("req", *curve, *root, "-keyout", folder / "root.key", "-out", folder / "root.pem")
        leaf = ("-config", folder / "leaf.cnf", "-keyout", folder / "leaf.key", "-out", folder / "leaf.csr")
        openssl("req", *curve, *leaf)
        issuer = ("-CA", folder / "root.pem", "-CAkey", folder / "root.key", "-CAcreateserial", "-days", "20")
        extensions = ("-extfile", folder / "leaf.cnf", "-extensions", "leaf")
        openssl("x509", "-req", "-in", folder / "leaf.csr", *issuer, *extensions, "-out", folder / "leaf.pem")
        chain = (folder / "leaf.pem").read_text() + (folder / "root.pem").read_text()
        (folder / "chain.pem").write_text(chain)

    def answer(self, query: bytes) -> bytes:
        (self.folder / "query.tsq").write_bytes(query)
        place = ("-config", self.folder / "leaf.cnf", "-section", "authority")
        openssl("ts", "-reply", *place, "-queryfile", self.folder / "query.tsq", "-out", self.folder / "reply.tsr")
        self.requests += 1
        return (self.folder / "reply.tsr").read_bytes()

    def verified(self) -> bool:
        """Whether OpenSSL takes the last answer for one to the last question, by this authority's root."""
        asked = ("-queryfile", self.folder / "query.tsq", "-in", self.folder / "reply.tsr")
        return openssl("ts", "-verify", *asked, "-CAfile", self.folder / "root.pem").returncode == 0

    def token(self) -> bytes:
        """The last time stamp itself."""
        openssl("ts", "-reply", "-in", self.folder / "reply.tsr", "-token_out", "-out", self.folder / "token")
        return (self.folder / "token").read_bytes()


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, Authority]]:
    """The authority at an address of this machine."""
    authority = Authority(folder)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            reply = authority.answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", authority
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
