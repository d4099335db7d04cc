"""What jupyter-server-proxy needs to start Descent from JupyterLab's launcher; its entry point is in pyproject.toml."""

import sys
from typing import Any

from app.api.page import static_files


def server() -> dict[str, Any]:
    """One server for each Jupyter server, at `descent/` below it, reached only through it."""
    return {
        "command": [sys.executable, "-P", "-m", "app", "serve", "--host", "127.0.0.1", "--port", "{port}"],
        # Jupyter strips the path, checks the host name and authenticates before it forwards a request.
        "environment": {"DESCENT_ROOT_PATH": "{base_url}descent", "DESCENT_ALLOWED_HOSTS": "*"},
        "timeout": 60,
        "new_browser_tab": True,
        "launcher_entry": {"title": "Descent", "icon_path": str(static_files().directory) + "/icon.svg"},
    }
