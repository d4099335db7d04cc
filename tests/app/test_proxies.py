"""Behind a real nginx, configured as docs/hosting.md says and as people have it: everything is found and works."""

import json
import re
import ssl
from urllib.parse import urljoin

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.proxies import blocks, fitted, free_ports, without

LINK = re.compile(r"""(?:src|href)=["']([^"'#]+)["']|\burl: '([^']+)'""")


@pytest.fixture(scope="module")
def proxies(nginx, servers, tmp_path_factory):
    """Addresses of the page behind each kind of proxy."""
    plain = servers(tmp_path_factory.mktemp("plain"), workers=1, trusted_proxies=("127.0.0.1",))
    prefixed = servers(tmp_path_factory.mktemp("prefixed"), workers=1, root_path="/descent")
    root, kept, stripped, tls = blocks()
    made = {
        "root": (root, plain, "http", "/"),
        "kept": (kept, prefixed, "http", "/descent/"),
        "stripped": (stripped, prefixed, "http", "/descent/"),
        "stripped, unsaid": (stripped, plain, "http", "/descent/"),
        "TLS": (tls, plain, "https", "/"),
        "TLS, unsaid": (without(tls, "Host", "X-Forwarded-Proto"), plain, "https", "/"),
        "Host rewritten": (without(root, "Host"), plain, "http", "/"),
        "no Upgrade": (without(root, "Upgrade", "Connection"), plain, "http", "/"),
    }
    ports = free_ports(len(made))
    addresses, written = {}, []
    for port, (name, (block, server, scheme, path)) in zip(ports, made.items(), strict=True):
        written.append(fitted(block, port, server.address))
        addresses[name] = f"{scheme}://127.0.0.1:{port}{path}"
    nginx("\n".join(written))
    yield addresses
    plain.stop()
    prefixed.stop()


@pytest.fixture
def client():
    with httpx.Client(verify=False, timeout=60) as one:
        yield one


def origin(address):
    return str(httpx.URL(address).copy_with(path="/")).rstrip("/")


def stream(address, run_id, **headers):
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    url = urljoin(address, f"api/v1/runs/{run_id}/stream").replace("http", "ws", 1)
    secure = {"ssl": trusting} if url.startswith("wss") else {}
    return connect(url, additional_headers=headers, compression=None, max_size=None, open_timeout=60, **secure)


def made_by_cookie(client, address, **headers):
    """The answer to the page's first request, as a browser makes it."""
    client.get(address).raise_for_status()
    return client.post(urljoin(address, "api/v1/runs"), json={}, headers={"Origin": origin(address)} | headers)


WHOLE = ["root", "kept", "stripped", "stripped, unsaid", "TLS"]


@pytest.mark.parametrize("name", WHOLE)
def test_every_address_on_page_and_docs_is_found(proxies, client, name):
    address = proxies[name]
    for page in (address, urljoin(address, "docs")):
        answer = client.get(page).raise_for_status()
        links = ["".join(found) for found in LINK.findall(answer.text)]
        assert len(links) > 3
        for link in links:
            assert client.get(urljoin(page, link)).status_code == 200, link
    document = client.get(urljoin(address, "openapi.json")).json()
    (server,) = document["servers"]
    base = urljoin(urljoin(address, "openapi.json"), server["url"])
    assert client.get(f"{base.rstrip('/')}/api/v1/catalog").status_code == 200


@pytest.mark.parametrize("name", WHOLE)
def test_the_page_owns_and_streams_what_it_makes(proxies, client, name):
    address = proxies[name]
    made = made_by_cookie(client, address)
    assert made.status_code == 201
    if "unsaid" not in name:
        assert client.get(urljoin(address, made.headers["location"])).json()["id"] == made.json()["id"]
    cookie = "; ".join(f"{each.name}={each.value}" for each in client.cookies.jar)
    with stream(address, made.json()["id"], Origin=origin(address), Cookie=cookie) as opened:
        assert '"role":"owner"' in str(opened.recv(60))


@pytest.mark.parametrize("name", ["kept", "stripped"])
def test_the_prefix_without_its_slash_leads_to_the_page(proxies, client, name):
    answer = client.get(proxies[name].rstrip("/"), follow_redirects=True)
    assert answer.status_code == 200
    assert str(answer.url) == proxies[name]


def test_a_cookie_given_over_tls_is_for_tls(proxies, client):
    assert "secure" in client.get(proxies["TLS"]).headers["set-cookie"].lower()
    assert "secure" not in client.get(proxies["root"]).headers["set-cookie"].lower()


@pytest.mark.parametrize("name", ["TLS, unsaid", "Host rewritten"])
def test_a_hidden_origin_is_found_by_sec_fetch_site(proxies, client, name):
    address = proxies[name]
    made = made_by_cookie(client, address, **{"Sec-Fetch-Site": "same-origin"})
    assert made.status_code == 201
    cookie = "; ".join(f"{each.name}={each.value}" for each in client.cookies.jar)
    said = {"Origin": origin(address), "Cookie": cookie}
    with stream(address, made.json()["id"], **said, **{"Sec-Fetch-Site": "same-origin"}) as opened:
        assert '"role":"owner"' in str(opened.recv(60))
    with stream(address, made.json()["id"], **said) as opened:
        told = json.loads(opened.recv(60))
    assert (told["type"], told["status"]) == ("error", 403)
    assert origin(address) in told["detail"]


@pytest.mark.parametrize("name", ["TLS, unsaid", "Host rewritten"])
def test_else_the_refusal_says_what_both_sides_believe(proxies, client, name):
    made = made_by_cookie(client, proxies[name])
    assert made.status_code == 403
    for part in (origin(proxies[name]), "believes it is http://127.0.0.1:", "X-Forwarded-Proto"):
        assert part in made.json()["detail"]


@pytest.mark.parametrize("name", WHOLE)
def test_another_sites_page_is_refused_behind_any_proxy(proxies, client, name):
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}):
        assert made_by_cookie(client, proxies[name], **headers).status_code == 403
        headers |= {"Sec-Fetch-Site": "cross-site"}
        assert made_by_cookie(client, proxies[name], **headers).status_code == 403


def test_without_upgrade_the_stream_says_what_is_missing(proxies, client):
    address = proxies["no Upgrade"]
    made = made_by_cookie(client, address)
    assert made.status_code == 201
    path = urljoin(address, f"api/v1/runs/{made.json()['id']}")
    headers = {"Origin": origin(address)}
    assert client.post(f"{path}/step", json={"epochs": 2}, headers=headers).json()["epoch"] == 2
    assert client.get(f"{path}/metrics").json()["epoch"] == [0, 1, 2]
    with pytest.raises(InvalidStatus) as refused, stream(address, made.json()["id"]):
        pass
    assert refused.value.response.status_code == 426
    assert "Upgrade" in client.get(f"{path}/stream").json()["detail"]
