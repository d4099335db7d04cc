"""`descent health`: whether the server that uses the data folder answers, on any port.

A container engine runs it twice a minute, so it imports as little as possible.
"""

import sys
import urllib.request

from app.environment import SettingsError, data_dir
from app.web.addresses import noted


def health() -> int:
    """The exit code: 0 if it answers, else 1. Prints the address."""
    try:
        folder = data_dir()
    except SettingsError as error:
        print(f"descent: {error}", file=sys.stderr)
        return 1
    address = noted(folder)
    if address is None:
        print(f"descent: no server has started in {folder} (DESCENT_DATA_DIR)", file=sys.stderr)
        return 1
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # http_proxy is ignored
    try:
        with direct.open(f"{address}/healthz", timeout=4) as answer:
            print(f"descent: {address} answers: {answer.read(200).decode()}")
        return 0
    except OSError as error:
        print(f"descent: {address} does not answer: {error}", file=sys.stderr)
        return 1
