"""A machine of its own for the tests of the shared server: real users, a real sshd, and no trace on the one below.

Root can give a process its own processes, its own network and a thin layer over the whole disk. In there `deploy/` is
installed as the page says, users are made, and sshd listens on the only loopback there is. A small shell keeps it, and
all of it goes when that shell's standard input closes, however the tests end.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import postgres

ROOT = Path(__file__).parents[2]
LIBRARY = "/usr/local/lib/callfloor"
FLOOR = "/var/lib/callfloor/floor.db"
PORT = "2222"
TOOLS = ("sshd", "ssh", "scp", "sftp", "ssh-keygen", "tmux", "unshare", "nsenter", "ip", "runuser", "useradd",
         "systemd-sysusers", "systemd-tmpfiles")  # fmt: skip

KEEPER = """
set -e
mount -t tmpfs -o mode=755 layer "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" overlay "$1/root"
cd "$1/root"
mount -t proc proc proc
mount --rbind /dev dev
mount -t tmpfs -o mode=1777 shm dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 devpts dev/pts
mount -t tmpfs -o mode=755 run run
mount -t tmpfs -o mode=1777 tmp tmp
shift
for place do
    mkdir -p ".$place"
    mount --bind -o ro "$place" ".$place"
done
ip link set lo up
exec chroot . sh -c 'echo ready; read -r _ || :'
"""
"""Takes an empty folder, and folders of the machine below that lie on disks of their own."""

POSTGRES = "-c listen_addresses= -c unix_socket_directories=/run/postgresql -c fsync=off -c max_connections=150"

SSHD = f"""
Include /etc/ssh/sshd_config.d/callfloor.conf
Match all
Port {PORT}
ListenAddress 127.0.0.1
HostKey /etc/ssh/callfloor_host
PidFile /run/sshd.pid
UsePAM yes
LogLevel VERBOSE
MaxStartups 100
# All that a careless server allows, so that what is refused is refused by callfloor's own lines.
PasswordAuthentication yes
KbdInteractiveAuthentication yes
AllowTcpForwarding yes
AllowStreamLocalForwarding yes
AllowAgentForwarding yes
X11Forwarding yes
PermitTunnel yes
GatewayPorts yes
AcceptEnv LANG LC_*
Subsystem sftp internal-sftp
"""


def missing() -> str:
    """What keeps this machine from having another inside, in words; nothing where it can."""
    if os.geteuid() != 0:
        return "only root can make users and start an sshd for them"
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    if lacking := [tool for tool in TOOLS if shutil.which(tool) is None]:
        return f"not installed: {', '.join(lacking)} (Debian: apt install openssh-server tmux systemd iproute2)"
    tried = subprocess.run(
        ["unshare", "--mount", "--pid", "--net", "--fork", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True
    )
    return "" if tried.returncode == 0 else "this container may not mount: " + tried.stderr.decode().strip()


class Machine:
    """The machine while it runs."""

    def __init__(self, pid: int) -> None:
        self.outside = ["nsenter", f"--target={pid}", "--mount", "--net", "--root", "--wdns=/"]
        """Before a client's command: its files and its network are in there, itself is ours to kill."""
        self.inside = [*self.outside, "--pid"]

    def run(self, *command: str, text: str = "", code: int | None = 0, timeout: float = 60) -> str:
        """Runs a command inside as root; gives what it says, on both outputs.

        Args:
            command: the program and its arguments.
            text: its standard input.
            code: how it has to end; None for any end.
            timeout: seconds.
        """
        done = subprocess.run(
            [*self.inside, *command],
            input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", timeout=timeout,
        )  # fmt: skip
        assert code is None or done.returncode == code, (command, done.returncode, done.stdout)
        return done.stdout

    def sh(self, script: str, code: int | None = 0) -> str:
        """Runs some lines of shell inside as root."""
        return self.run("sh", "-euc", script, code=code)

    def write(self, path: str, text: str) -> None:
        """Writes a file inside."""
        self.run("sh", "-euc", 'mkdir -p "${1%/*}"; cat >"$1"', "write", path, text=text)

    def processes(self, user: str) -> dict[int, str]:
        """Living processes of a user: number → command line."""
        listed = self.run("ps", "-u", user, "-o", "pid=,stat=,args=", code=None).splitlines()
        rows = [line.split(None, 2) for line in listed]
        return {int(row[0]): row[2] for row in rows if len(row) == 3 and not row[1].startswith("Z")}

    def environment(self, pid: int) -> dict[str, str]:
        """The environment that a process was started with."""
        entries = self.run("cat", f"/proc/{pid}/environ").split("\0")
        return dict(entry.split("=", 1) for entry in entries if "=" in entry)

    def ssh(self, login: str, key: str, *options: str) -> list[str]:
        """The command of a log-in with somebody's key."""
        return [*self.outside, "ssh", *self.client(key), "-p", PORT, *options, f"{login}@127.0.0.1"]

    @staticmethod
    def client(key: str) -> list[str]:
        """Options of ssh, scp and sftp: that key and no other way, nobody is asked."""
        return [
            "-F", "none", "-i", f"/root/keys/{key}", "-o", "IdentitiesOnly=yes",
            "-o", "StrictHostKeyChecking=accept-new", "-o", "BatchMode=yes", "-o", "LogLevel=INFO",
        ]  # fmt: skip

    def key(self, name: str) -> str:
        """Makes a key pair and gives the public half."""
        self.sh(f"mkdir -p /root/keys; ssh-keygen -q -t ed25519 -N '' -C {name} -f /root/keys/{name}")
        return self.run("cat", f"/root/keys/{name}.pub").strip()

    def install(self, sshd: str) -> None:
        """Puts deploy/ where the page says, with the program of this working tree.

        Args:
            sshd: which of the two forms: `keys` or `accounts`.
        """
        program = Path(sys.executable).with_name("callfloor")
        for place in {program, ROOT, Path(sys.executable).resolve()}:
            for folder in place.parents:
                self.run("chmod", "o+x", str(folder), code=None)  # a disk of its own is open, or it is not
        self.sh(f"""
            cd {ROOT}/deploy
            ln -sf {program} /usr/local/bin/callfloor
            install -D -m 755 session {LIBRARY}/session
            install -D -m 644 tmux.conf /etc/callfloor/tmux.conf
            install -D -m 644 config.toml /etc/callfloor/config.toml
            install -D -m 644 sshd/{sshd}.conf /etc/ssh/sshd_config.d/callfloor.conf
            systemd-sysusers "$PWD/sysusers.conf"
            systemd-tmpfiles --create "$PWD/tmpfiles.conf"
            install -d -m 755 /etc/callfloor/keys /run/sshd
            ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/callfloor_host
        """)
        self.write("/etc/ssh/callfloor_sshd", SSHD)

    def start_postgres(self) -> None:
        """Starts a PostgreSQL that lets everybody in as whom the system knows them."""
        programs = next(postgres.programs())
        self.sh(f"""
            id postgres >/dev/null 2>&1 || useradd --system postgres
            install -d -o postgres /run/postgresql /run/postgres
            cd /run/postgres
            as() {{ runuser -u postgres -- env -i LC_ALL=C.UTF-8 "$@"; }}
            as {programs}/initdb --pgdata=/run/postgres/db --auth=peer --encoding=UTF8 --locale=C.UTF-8 --no-sync
            as {programs}/pg_ctl --pgdata=/run/postgres/db --log=/run/postgres/log --wait --options="{POSTGRES}" start
        """)

    def sql(self, statements: str, database: str = "postgres") -> None:
        """Runs SQL as the administrator of the database."""
        place = f"host=/run/postgresql dbname={database}"
        run = f"import psycopg, sys; psycopg.connect('{place}', autocommit=True).execute(sys.stdin.read())"
        self.run("runuser", "-u", "postgres", "--", sys.executable, "-c", run, text=statements)

    def listen(self) -> None:
        """Starts sshd; its log is /run/sshd.log."""
        self.run("env", "-i", "/usr/sbin/sshd", "-f", "/etc/ssh/callfloor_sshd", "-E", "/run/sshd.log")

    def restart_postgres(self) -> None:
        """As an update of its package does: everybody's line to it is cut."""
        programs = next(postgres.programs())
        self.sh(f"""
            runuser -u postgres -- env -i LC_ALL=C.UTF-8 {programs}/pg_ctl --pgdata=/run/postgres/db \\
                --log=/run/postgres/log --wait --mode=fast --options="{POSTGRES}" restart
        """)

    def restart_sshd(self) -> None:
        """As an update of its package does: who is in stays in, and for a moment nobody comes."""
        self.sh('kill "$(cat /run/sshd.pid)"; rm -f /run/sshd.pid')
        self.listen()

    def callfloor(self, *words: str, user: str = "callfloor") -> str:
        """Runs a command of the floor as its owner."""
        return self.run("runuser", "-u", user, "--", "env", "-i", "PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8",
                        "callfloor", *words)  # fmt: skip


@contextmanager
def machine(folder: Path) -> Iterator[Machine]:
    """A machine without anything of callfloor's yet, until the block ends."""
    apart = [str(one) for one in dict.fromkeys((ROOT, Path(sys.prefix), Path(sys.base_prefix))) if _is_apart(one)]
    keeper = subprocess.Popen(
        ["unshare", "--mount", "--pid", "--net", "--ipc", "--fork", "--kill-child", "--propagation=private",
         "sh", "-c", KEEPER, "keeper", str(folder), *apart],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        start_new_session=True,  # Ctrl+C at the tests is not for the keeper
    )  # fmt: skip
    assert keeper.stdin is not None
    assert keeper.stdout is not None
    try:
        assert keeper.stdout.readline() == "ready\n", "the machine did not come up"
        (child,) = Path(f"/proc/{keeper.pid}/task/{keeper.pid}/children").read_text().split()
        yield Machine(int(child))
    finally:
        keeper.stdin.close()
        keeper.wait(timeout=60)
        keeper.stdout.close()


def _is_apart(place: Path) -> bool:
    return place.stat().st_dev != Path("/").stat().st_dev
