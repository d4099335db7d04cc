"""What docs/hosting.md says to write into nginx, on ports that are free here and before servers of the tests."""

import re
import socket

from tests.conftest import ROOT


def blocks() -> list[str]:
    """The documented server blocks: at the root, with the path passed on, with it stripped, with TLS."""
    text = (ROOT / "docs" / "hosting.md").read_text(encoding="utf-8")
    return re.findall(r"^```nginx\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def free_ports(count: int) -> list[int]:
    """Ports of this machine that nothing listens on."""
    taken = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in taken]
    for each in taken:
        each.close()
    return ports


def fitted(block: str, port: int, server: str) -> str:
    """A documented block on another port, before the server at another address, with the certificate of the tests."""
    block = re.sub(r"listen \d+", f"listen 127.0.0.1:{port}", block)
    block = block.replace("http://127.0.0.1:8000", server)
    block = re.sub(r"(ssl_certificate) .*;", r"\1 {folder}/certificate.pem;", block)
    return re.sub(r"(ssl_certificate_key) .*;", r"\1 {folder}/key.pem;", block)


def without(block: str, *headers: str) -> str:
    """The block as people write it who do not know that these headers are needed."""
    for header in headers:
        block = re.sub(rf" *proxy_set_header {header} .*\n", "", block)
    return block
