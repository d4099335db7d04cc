"""The command `descent`, and `python -m app`. The health check does without the server, which takes long to import."""

import sys


def main() -> int:
    """The exit code of what was asked for."""
    if sys.argv[1:] == ["health"]:
        from app.health_command import health

        return health()
    from app.cli import main as serve

    return serve()


if __name__ == "__main__":
    sys.exit(main())
