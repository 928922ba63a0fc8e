"""A storage that speaks S3, in this process and on the loopback: a real server of HTTP."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from config.settings import Bucket

NAME = "bagalau-evidence"
ACCESS = {
    "AWS_ACCESS_KEY_ID": "tests",
    "AWS_SECRET_ACCESS_KEY": "of this machine only",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    # Nobody is asked who we are.
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
}


class Storage:
    """The storage of this test process, started when it is first asked for."""

    def __init__(self) -> None:
        self._server: Any = None

    def emptied(self, monkeypatch: pytest.MonkeyPatch) -> str:
        """The address of the storage with nothing in it, and the way in for this test."""
        # Here and not above: every test process reads this file, and few need a storage.
        import requests
        from moto.server import ThreadedMotoServer

        for name, value in ACCESS.items():
            monkeypatch.setenv(name, value)
        if self._server is None:
            logging.getLogger("werkzeug").setLevel(logging.ERROR)
            self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
            self._server.start()
        host, port = self._server.get_host_and_port()
        requests.post(f"http://{host}:{port}/moto-api/reset", timeout=30).raise_for_status()
        return f"http://{host}:{port}"

    def close(self) -> None:
        """Stop it."""
        if self._server is not None:
            self._server.stop()


def client(endpoint: str) -> Any:
    """Somebody with every right in the storage, as an operator has or an attacker."""
    import boto3

    return boto3.session.Session().client("s3", endpoint_url=endpoint)


def bucket(endpoint: str, prefix: str = "evidence/") -> Bucket:
    """A new bucket in the storage at `endpoint`."""
    client(endpoint).create_bucket(Bucket=NAME)
    return Bucket(NAME, prefix, endpoint)
