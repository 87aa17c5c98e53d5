"""Fuzzes a demo server as each of its logins, each on a server and a database of its own.

`entente demo` prints a line for each login: what it is, its name and its secret, set apart by two spaces or more. A name
with an @ is a person's e-mail address, who logs in with a password; one that begins with CLIENT is an integration's.
"""

import argparse
import contextlib
import json
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

PERSON = "/v1/auth/login"
INTEGRATION = "/v1/oauth/token"
CLIENT = "integration_"
# Whoever is logged in may ask this, and be told 403 at worst.
PROBE = "/v1/partners"
LOGIN = re.compile(rf"^\s*(?P<role>\S.*?)\s{{2,}}(?P<name>\S+@\S+|{CLIENT}\S+)\s{{2,}}(?P<secret>\S+)\s*$", re.MULTILINE)
# The caller's own way in: a fuzzer that logs itself out learns nothing more.
EXCLUDED = r"^/v1/(auth|oauth)\b.*"
PATIENCE = 60


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port):
    with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=1) as answer:
        return answer.status == 200
    return False


@contextlib.contextmanager
def demo(entente):
    """A demo server on a fresh SQLite file: its address and its logins."""
    with tempfile.TemporaryDirectory(prefix="entente-fuzz-") as folder:
        port = free_port()
        log = pathlib.Path(folder, "log")
        with log.open("wb") as out:
            server = subprocess.Popen(
                [entente, "demo", "--database", f"sqlite://{folder}/demo.db", "--listen", f"127.0.0.1:{port}"],
                stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
        try:
            deadline = time.monotonic() + PATIENCE
            while server.poll() is None and not answers(port) and time.monotonic() < deadline:
                time.sleep(0.1)
            if server.poll() is not None or not answers(port):
                sys.exit(f"the demo server does not start:\n{log.read_text()}")
            logins = [match.groupdict() for match in LOGIN.finditer(log.read_text())]
            if not logins:
                sys.exit(f"the demo server names no logins:\n{log.read_text()}")
            yield f"http://127.0.0.1:{port}", logins
            if server.poll() is not None:
                sys.exit(f"the demo server has died:\n{log.read_text()[-4000:]}")
        finally:
            server.send_signal(signal.SIGTERM)
            try:
                server.wait(timeout=10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def token(address, login):
    if login["name"].startswith(CLIENT):
        form = {"grant_type": "client_credentials", "client_id": login["name"], "client_secret": login["secret"]}
        request = urllib.request.Request(address + INTEGRATION, urllib.parse.urlencode(form).encode())
    else:
        body = {"email": login["name"], "password": login["secret"]}
        request = urllib.request.Request(address + PERSON, json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.load(answer)["access_token"]
    except urllib.error.HTTPError as refusal:
        sys.exit(f"{login['role']} cannot log in: {refusal.code} {refusal.read().decode()}")


def known(address, access_token):
    """Whether the server still knows the caller: with a dead token every answer is a well-formed 401 and proves nothing."""
    request = urllib.request.Request(address + PROBE, headers={"Authorization": f"Bearer {access_token}"})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status != 401
    except urllib.error.HTTPError as refusal:
        return refusal.code != 401


def fuzz(arguments, address, access_token):
    """Whether every answer kept the contract."""
    command = [
        arguments.schemathesis, "--config-file", "contract/schemathesis.toml", "run", arguments.specification,
        "--url", address, "--checks", "all", "--max-examples", str(arguments.examples), "--seed", str(arguments.seed),
        "--exclude-path-regex", EXCLUDED, "--generation-database", "none", "--no-color"]
    if access_token:
        command += ["--header", f"Authorization: Bearer {access_token}"]
    return subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode == 0


def main():
    parser = argparse.ArgumentParser()
    for name in ("entente", "schemathesis", "specification"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("examples", "seed"):
        parser.add_argument(f"--{name}", required=True, type=int)
    arguments = parser.parse_args()
    with demo(arguments.entente) as (_, logins):
        roles = list(dict.fromkeys(login["role"] for login in logins))
    failed = []
    for role in ["nobody", *roles]:
        with demo(arguments.entente) as (address, logins):
            login = next((login for login in logins if login["role"] == role), None)
            print(f"== {role}", flush=True)
            access_token = token(address, login) if login else None
            if not fuzz(arguments, address, access_token):
                failed.append(role)
            if access_token and not known(address, access_token):
                sys.exit(f"{role} was locked out during the run, or never let in")
    if failed:
        sys.exit(f"the contract is broken for: {', '.join(failed)}")
    print(f"the contract holds for nobody, {', '.join(roles)}")


if __name__ == "__main__":
    main()
