"""What the doctor's findings mean, in one line each, and what mends them."""

from __future__ import annotations

from models.errors import Unavailable
from tui import words
from tui.doctor.facts import Finding, Level
from tui.i18n import _
from tui.i18n import marked as N_
from tui.plain import plain

CHECKS = {
    "settings": N_("settings"),
    "files": N_("files"),
    "disk": N_("disk"),
    "database": N_("database"),
    "backup": N_("backup"),
    "clock": N_("clock"),
    "sshd": N_("log-in"),
    "tmux": N_("tmux"),
    "glass": N_("screens"),
    "timers": N_("timers"),
    "terminal": N_("terminal"),
    "program": N_("program"),
}

LEVELS = {Level.OK: ("✓", N_("ok")), Level.WARNING: ("!", N_("warning")), Level.FAULT: ("✗", N_("fault"))}
"""A sign and a word: never a colour alone."""

SENTENCES = {
    "settings_ok": N_("One floor for the whole machine; {path} is root's."),
    "settings_own": N_("No {path}: a floor of your own."),
    "settings_none": N_("No {path}: everybody would have a floor of their own; install deploy/config.toml there."),
    "settings_writable": N_(
        "Whoever writes {path} names themselves as they like: chown root:root {path}; chmod 644 {path}"
    ),
    "settings_unread": N_("Not everybody can read {path}: chmod 644 {path}"),
    "settings_password": N_(
        "{path} tells a password to everybody: use the system's own log-in (peer), or a file ~/.pgpass."
    ),
    "settings_elsewhere": N_(
        "The floor's database is said by {source}, not by {path}: others may see another floor; say db there."
    ),
    "files_ok": N_("The floor's folder and files are {owner}'s."),
    "file_owner": N_("Not {owner}'s but {found}'s: chown {owner}: {paths}"),
    "file_read_by_all": N_("Everybody on this machine may read: chmod o= {paths}"),
    "file_written_by_all": N_("Everybody on this machine may write: chmod o= {paths}"),
    "file_written_by_group": N_("The group {group} may write past the program: chmod g-w {paths}"),
    "files_half_open": N_("The group {group} may enter, but not read all it needs: chmod g+r {paths}"),
    "disk_ok": N_("{kind}, {free} GiB free; the floor takes {taken} GiB."),
    "disk_network": N_(
        "The floor lies on {kind}: over a network SQLite's locks do not hold; use a local disk, or PostgreSQL."
    ),
    "disk_volatile": N_("The floor lies on {kind} and is gone with the next restart: use a disk."),
    "disk_tight": N_("{free} GiB free, the floor takes {taken} GiB: a copy wants twice that; make room."),
    "disk_full": N_("{free} GiB free: soon nothing can be saved; make room now."),
    "database_unseen": N_(
        "PostgreSQL does not let root in, and that is right: look as its owner, runuser -u callfloor callfloor doctor"
    ),
    "schema_older": N_("The floor is older than this program: callfloor init brings it up to date."),
    "schema_newer": N_("The floor is newer than this program: update callfloor."),
    "schema_not_a_floor": N_("There is no floor here yet: callfloor init sets one up."),
    "sqlite_ok": N_("SQLite {version}, without the fault of the journal that begins anew."),
    "sqlite_fault": N_(
        "SQLite {version} can damage the file when the journal begins anew: pip install --upgrade 'apsw>=3.51.3'"
    ),
    "postgres_ok": N_("PostgreSQL {version} takes {connections} connections; {people} people work here."),
    "postgres_old": N_("PostgreSQL {version} is not supported any more: upgrade to 13 or newer."),
    "postgres_connections": N_(
        "PostgreSQL takes {connections} connections, {people} people want {needed}: raise max_connections, restart it."
    ),
    "trigrams_available": N_(
        "Finding is slow without pg_trgm: CREATE EXTENSION pg_trgm in the floor's database, as its administrator."
    ),
    "trigrams_missing": N_(
        "Finding looks at beginnings only: this PostgreSQL lacks pg_trgm; install its contrib package."
    ),
    "backup_ok": N_("The newest backup is {hours} hours old."),
    "backup_none": N_("No backup yet: callfloor backup, and callfloor-backup.timer for every day."),
    "backup_old": N_("The newest backup is {days} days old: callfloor backup; journalctl -u callfloor-backup"),
    "clock_ok": N_("The clock follows a time server."),
    "clock_adrift": N_("The clock follows no time server, promises drift: timedatectl set-ntp true"),
    "clock_unknown": N_("Nobody says whether the clock follows a time server: look after it yourself."),
    "clock_apart": N_("The database's clock is {seconds} s apart from this machine's: let both follow a time server."),
    "sshd_ok": N_("{login} gets in by key, and to the desk only."),
    "sshd_unused": N_("Nobody comes in from elsewhere: no service account, nobody in callfloor-agents."),
    "sshd_no_sshd": N_("There is no sshd on this machine."),
    "sshd_not_root": N_("Only root may ask sshd: sudo callfloor doctor"),
    "sshd_refused": N_("sshd refuses its own settings: sshd -t says why."),
    "sshd_forwarding": N_(
        "{login} may reach through this server into the network: DisableForwarding yes, PermitTunnel no."
    ),
    "sshd_password": N_("{login} may log in by password: AuthenticationMethods publickey."),
    "sshd_environment": N_("Keys may set variables for programs: PermitUserEnvironment no."),
    "sshd_userrc": N_("A file of {login}'s own may run at log-in: PermitUserRC no."),
    "sshd_dead_lines": N_("A dead line is never noticed: ClientAliveInterval 15, ClientAliveCountMax 3."),
    "sshd_root": N_("root may log in by password: PermitRootLogin prohibit-password."),
    "sshd_no_keys": N_("{login} has no keys and no forced command yet: see deploy/sshd."),
    "sshd_loose_key": N_('A key of {login} is not tied: restrict,pty,command="…" before it.'),
    "sshd_keys_writable": N_("The file of {login}'s keys is not root's alone: chown root, chmod 644."),
    "tmux_ok": N_("tmux {version} keeps desks across a broken line."),
    "tmux_no_links": N_("tmux {version} keeps desks; it drops tel: links before 3.4, numbers go by the clipboard."),
    "tmux_none": N_("No tmux: a broken line ends the desk, the next log-in resumes it; apt install tmux keeps it."),
    "tmux_old": N_("tmux {version} is too old to keep desks safely: 3.2 or newer, or none."),
    "glass_ok": N_("Supervisors may look at screens; the sockets in {path} are the group {group}'s."),
    "glass_none": N_(
        "Screens may be looked at, but {path} is not there: systemd-tmpfiles --create callfloor.conf, or make it."
    ),
    "glass_open": N_("In {path} one account can take another's socket away: chmod +t {path}"),
    "units_ok": N_("Copies and the nightly recount run by themselves."),
    "unit_failed": N_("{unit} failed: journalctl -u {unit}"),
    "timer_off": N_("{unit} does not run: systemctl enable --now {unit}"),
    "terminal_ok": N_("{term}, {columns}×{lines}, {encoding}."),
    "terminal_none": N_("No terminal to look at; letters are {encoding}."),
    "terminal_letters": N_("Letters are {encoding}, Chinese cannot be shown: LANG=C.UTF-8"),
    "terminal_dumb": N_("TERM is {term}: no desk can be drawn; log in with ssh -t from a real terminal."),
    "terminal_colours": N_('{term} shows 16 colours: theme = "terminal" suits it best.'),
    "terminal_small": N_("{columns}×{lines} is small: 80×24 or more."),
    "program_ok": N_("Installed with bytecode: it starts at once."),
    "program_slow": N_("No bytecode of {names}, every start takes three times as long; as who installed it: {command}"),
}


def sentence(finding: Finding) -> str:
    """One line: what was found, and the remedy."""
    if finding.code == "database_trouble":
        return words.refusal(Unavailable(str(finding.fields["code"])))
    fields = {name: plain(str(value)) for name, value in finding.fields.items()}
    return _(SENTENCES[finding.code]).format(**fields)
