"""Find: any part of a name, company, number, code, note; what may not be seen is not found."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import funnel
from models import check, contacts, crew, ledger, schema, sight
from models.base import proxy, rows_of, seconds
from models.connect import is_postgres, transact
from models.exchange import taking_back
from models.exchange.planning import Order, plan
from models.exchange.revealing import apply
from models.fields import clean
from models.journal import TouchRow
from models.lead import Contact, Lead, Phone
from models.people import Agent
from models.search import catalogue, finding
from models.search.finding import Found
from models.views import lead_code
from tests.models.store import floors
from tests.models.store.floors import NOW, MadeFloor
from tests.models.store.lives import Life, people_it
from tests.naughty import naughty

HOUR = timedelta(hours=1)
LEADS: dict[str, dict[str, Any]] = {
    "acme": {"company": "Acme Tools Ltd", "person": "Jürgen Schäfer", "email": "j.schaefer@acme.example",
             "number": "+49 30 5550123"},
    "huaxing": {"company": "上海华星机械有限公司", "person": "王小明", "number": "+86 138 0013 8000"},
    "cafe": {"company": "Ｃａｆé „Zur Post“ & Söhne", "person": "İlker Straße", "number": "+44 20 79460000"},
    "mixed": {"company": "ABC实业(天津)", "person": "O'Brien", "number": "+1 212 5557531"},
    "coded": {"company": "Nord_Süd 100% *GmbH*", "code": "K-1001/x", "number": "+86 21 55501380"},
    "said": {"company": "東京ﾃﾞﾊﾟｰﾄ 🙂", "person": "", "number": "+81 3 35811111"},
}  # fmt: skip
NOTES = {"acme": "wants 200 pcs; ruft am Freitag zurück", "said": "对价格有异议，下周三 再谈 AND NOT OR"}


@pytest.fixture(params=["waiting", "catalogued"])
def filled(request: pytest.FixtureRequest, made: MadeFloor) -> dict[str, int]:
    """Some leads, as somebody just wrote them and as the catalogue knows them; ids by short names."""
    leads = {name: made.lead(**values) for name, values in LEADS.items()}
    for name, note in NOTES.items():
        made.log(made.take("ann", leads[name]), "talked", note=note if name == "acme" else "", feedback=note)
    if request.param == "catalogued":
        catalogue.catch_up()
        assert rows_of("SELECT * FROM uncatalogued") == []
    assert check.check(NOW) == ()
    return leads


def found(made: MadeFloor, text: str, who: str = "boss") -> list[Found]:
    return list(finding.find(made.people[who], text, NOW + HOUR))


def names(leads: dict[str, int], hits: list[Found]) -> str:
    short = {number: name for name, number in leads.items()}
    return " ".join(sorted(short[hit.lead_id] for hit in hits))


CASES = {
    # Latin: any part, in any case, without accents; one and two letters where a word begins
    "acme tools ltd": "acme", "cme": "acme", "OOLS": "acme", "a": "acme mixed said", "ab": "mixed",
    "lt": "acme", "ool": "acme", "ol": "", "jurgen": "acme", "JÜRGEN": "acme", "schäfer": "acme",
    "schaefer": "acme", "@acme.ex": "acme", "cafe": "cafe", "\uff23\uff21\uff26\uff25": "cafe", "strasse": "cafe",
    "ilker": "cafe", "o'b": "mixed", "sohne": "cafe",
    # Chinese: one sign, two, more, mixed
    "上": "huaxing", "王": "huaxing", "海华": "huaxing", "小明": "huaxing", "有限公司": "huaxing",
    "限公": "huaxing", "上公": "", "c实": "mixed", "abc实业": "mixed", "业(天": "mixed", "业（天": "mixed",
    "天津": "mixed", "東": "said", "デパ": "said", "ﾊﾟｰﾄ": "said", "🙂": "said",
    # numbers, however they are written
    "13800138000": "huaxing", "+8613800138000": "huaxing", "+86 138 0013 8000": "huaxing",
    "138-0013-8000": "huaxing", "008613800138000": "huaxing", "138 0013 8": "huaxing", "0138000": "huaxing",
    "030 5550123": "acme", "+49 (0)30 555-0123": "acme", "(212) 555.7531": "mixed", "5550": "acme coded",
    "13": "huaxing", "86": "coded huaxing", "80": "", "1380": "coded huaxing", "8000 1380": "huaxing",
    "\uff0b\uff14\uff1420": "cafe", "99999": "",
    # codes and notes
    "k-1001/x": "coded", "1001": "coded", "K-": "coded", "freitag": "acme", "zuruck": "acme",
    "价格": "said", "三": "said", "200 pcs": "acme",
    # several words, each somewhere
    "acme freitag": "acme", "freitag  schäfer\t030": "acme", "acme 价格": "", "华星 王 138": "huaxing",
    "abc 212": "mixed", "not and": "said",
    # marks mean themselves
    "%": "coded", "100%": "coded", "_": "coded", "nord_s": "coded", "*": "coded", "*gm": "coded",
    "'": "mixed", "&": "cafe", "(": "mixed", "acme*": "", "a%": "", "NEAR": "", "AND": "said",
    "acme OR abc": "", '"acme"': "", "-tools": "", "\x00": "", "ac\x00me": "acme", "ac\u200bme": "acme",
    "": "", "  \n": "", "\ud800": "", "^": "", "c:acme": "", "sb0": "",
}  # fmt: skip


def test_what_is_found(made: MadeFloor, filled: dict[str, int]) -> None:
    """The manager sees all, so it depends on the text alone."""
    assert {text: names(filled, found(made, text)) for text in CASES} == CASES


def test_what_a_list_shows(made: MadeFloor, filled: dict[str, int]) -> None:
    """Everything of a hit, and where it is."""
    claim = made.take("ann", filled["huaxing"])
    assert found(made, "小明 8000") == [
        Found(
            lead_id=filled["huaxing"], code=lead_code(filled["huaxing"], None, seconds(NOW)),
            company="上海华星机械有限公司", person="王小明", number="8613800138000", stage="new", campaign_id=1,
            kind=funnel.Kind.OPEN, owner="", holder="", where="number", excerpt="",
        )
    ]  # fmt: skip
    (hit,) = finding.find(made.boss, "tools FREITAG", NOW)
    assert (hit.where, hit.excerpt) == ("note", NOTES["acme"])
    (hit,) = finding.find(made.boss, "华星", claim.since + timedelta(minutes=1))
    assert (hit.where, hit.holder, hit.owner) == ("company", "Ann", "")


def test_a_made_up_code_is_found_whole(made: MadeFloor, filled: dict[str, int]) -> None:
    """By what people call the lead, in any case; not by half of it, and not for a lead with a code of its own."""
    for name in ("acme", "coded"):
        code = lead_code(filled[name], None, seconds(NOW))
        assert names(filled, found(made, code.lower())) == ("acme" if name == "acme" else "")
        assert found(made, code[:-1]) == []
    assert found(made, "k-1001/X")[0].where == "code"


def test_the_likeliest_first(made: MadeFloor) -> None:
    """Called so, begins so, company, person, number, code, note; open before closed, the last that was worked first."""
    note = made.lead()
    made.log(made.take("ann", note), "no_answer", note="knows number 4711")
    order = [made.lead(company=company) for company in ("4711", "4711 Köln", "Echt 4711")]
    order += [made.lead(person="4711 Maria"), made.lead(number="+493047111"), made.lead(code="x4711"), note]
    old, closed, new = (made.lead(company="4711 Bonn", now=NOW - timedelta(days=days)) for days in (3, 1, 2))
    made.move(made.take("ann", closed), funnel.LOST, reason="price")
    order[2:2] = [new, old, closed]
    for caught_up in (False, True):
        if caught_up:
            catalogue.catch_up()
        assert [hit.lead_id for hit in found(made, "4711")] == order
        assert [hit.lead_id for hit in finding.find(made.boss, "4711", NOW, limit=3)] == order[:3]


# ── what may be seen ──────────────────────────────────────────────────────────────────────────────────────────────────


def seen(made: MadeFloor, text: str) -> dict[str, list[int]]:
    return {who: sorted(hit.lead_id for hit in found(made, text, who)) for who in made.people}


@pytest.mark.parametrize("is_caught_up", [False, True])
def test_what_may_not_be_seen_is_not_found(made: MadeFloor, is_caught_up: bool) -> None:
    """Agents: own leads and pools; supervisors: their team; managers: all. Whoever had it before does not find it."""
    ann, cid, north, south, anybody = (
        made.lead(company="Acme", owner="ann"), made.lead(company="Acme", owner="cid"), made.lead(company="Acme"),
        made.lead(company="Acme", team="south"), made.lead(company="Acme", team=None),
    )  # fmt: skip

    def check_all() -> None:
        if is_caught_up:
            catalogue.catch_up()
        stays = [
            who for who in made.people if rows_of("SELECT 1 FROM agent WHERE login = ? AND left_at IS NULL", (who,))
        ]
        assert {who: seen(made, "acme")[who] for who in stays} == {who: visible(who) for who in stays}

    def visible(who: str) -> list[int]:
        may_see = sight.seen_by(Agent.get_by_id(made.people[who]))
        return [lead.id for lead in Lead.select().where(may_see).order_by(Lead.id)]

    check_all()
    assert seen(made, "acme")["bob"] == [north, anybody]
    made.log(made.take("ann", north), "callback", next_at=NOW + HOUR)
    check_all()
    made.take("bob", anybody)
    check_all()
    crew.leave("cid", to="ann", by=made.boss, token=made.token(), now=NOW)
    check_all()
    assert seen(made, "acme") == {
        "ann": [ann, cid, north, anybody], "bob": [north, anybody], "cid": [], "dee": [south, anybody],
        "wim": [ann, cid, north, anybody], "boss": [ann, cid, north, south, anybody],
    }  # fmt: skip


# ── what changes ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("is_caught_up", [False, True])
def test_the_new_is_found_and_the_old_is_not(made: MadeFloor, is_caught_up: bool) -> None:
    """After an edit, a correction, a contact that went: at once, and once the catalogue knows."""
    lead = made.lead(company="Olden", person="Oldman", number="+493011111111")
    made.log(made.take("ann", lead), "no_answer", note="oldish")
    catalogue.catch_up()

    def is_found(*texts: str) -> list[bool]:
        if is_caught_up:
            catalogue.catch_up()
        return [bool(found(made, text)) for text in texts]

    def after(**values: str) -> None:
        ledger.edit(made.take("ann", lead), values, token=made.token(), now=NOW)

    after(company="Newton")
    assert is_found("olden", "newton") == [False, True]
    after(person="Newman", email="new@post.example")
    assert is_found("oldman", "newman", "post.ex") == [False, True, True]
    after(number="+493022222222")
    assert is_found("3011111", "3022222") == [False, True]
    (touch,) = rows_of("SELECT id FROM touch WHERE note = 'oldish'")[0]
    ledger.correct_note(touch, "newish", agent_id=made.people["ann"], token=made.token(), now=NOW)
    assert is_found("oldish", "newish") == [False, True]
    second = contacts.add(
        made.take("ann", lead), {"name": "Second", "number": "+493033333333"}, token=made.token(), now=NOW
    )
    assert is_found("second", "3033333") == [True, True]
    contacts.remove(made.take("ann", lead), second, token=made.token(), now=NOW)
    assert is_found("second", "3033333", "newton") == [False, False, True]


def taken(made: MadeFloor, folder: Path, *rows: str, **said: Any) -> int:
    """An import of a list."""
    path = folder / "list.csv"
    path.write_text("\n".join(["Company,Contact,Phone,Industry", *rows]), encoding="utf-8")
    planned = plan(Order(path, made.boss, **said), NOW, lambda *_: None)
    try:
        return apply(planned, NOW, lambda *_: None).intake_id
    finally:
        planned.close()


@pytest.mark.parametrize("is_caught_up", [False, True])
def test_a_list_comes_and_goes(made: MadeFloor, tmp_path: Path, is_caught_up: bool) -> None:
    """What came with it, what it filled up in leads that were there, and nothing of it once it is taken back."""

    def leads(text: str) -> list[int]:
        if is_caught_up:
            catalogue.catch_up()
        return sorted(hit.lead_id for hit in found(made, text))

    known = made.lead(company="Known", person="", number="+4930555000")
    intake = taken(made, tmp_path, "Imported,Ina,+4930555111,", "Known,Fay,+4930555000,", duplicates="merge")
    catalogue.catch_up()
    (new,) = leads("imported ina 555111")
    assert leads("known fay") == [known]
    assert leads("30555") == [known, new]
    taking_back.undo(intake, made.boss, NOW)
    assert leads("imported") == leads("ina") == leads("555111") == leads("fay") == []
    assert leads("30555") == [known]
    assert check.check(NOW) == ()


def test_a_list_waits_until_the_day_s_work_is_known(made: MadeFloor, tmp_path: Path) -> None:
    """While a list comes in, sweeps keep up with what people write, and leave the list to its import."""
    lead = made.lead(company="Acme")
    intake = taken(made, tmp_path, *(f"Imported {n},P,+49305552{n:03}," for n in range(30)))
    assert rows_of("SELECT DISTINCT can_wait FROM uncatalogued WHERE lead_id <> ?", (lead,)) == [(1,)]
    transact(lambda: proxy.execute_sql(f"UPDATE intake SET state = 'revealing' WHERE id = {intake}"))
    assert transact(catalogue.sweep)
    assert entries() == [lead]
    assert rows_of("SELECT COUNT(DISTINCT lead_id) FROM uncatalogued") == [(30,)]
    transact(lambda: proxy.execute_sql(f"UPDATE intake SET state = 'done' WHERE id = {intake}"))
    assert transact(catalogue.sweep)
    assert len(entries()) == 31
    assert rows_of("SELECT COUNT(*) FROM uncatalogued") == [(0,)]


# ── the catalogue ─────────────────────────────────────────────────────────────────────────────────────────────────────


def entries() -> list[int]:
    """The leads that the catalogue has."""
    table = "catalogue" if is_postgres() else "catalogue_docsize"
    key = "lead_id" if is_postgres() else "id"
    return [row[0] for row in rows_of(f"SELECT {key} FROM {table} ORDER BY {key}")]


def written() -> dict[int, set[object]]:
    """What the catalogue says of each lead, word by word."""
    if is_postgres():
        return {row[0]: set(row[1]) for row in rows_of("SELECT lead_id, terms FROM catalogue")}
    proxy.execute_sql("CREATE VIRTUAL TABLE temp.word USING fts5vocab(main, catalogue, instance)")
    found: dict[int, set[object]] = {}
    for lead, term in rows_of("SELECT doc, term FROM temp.word"):
        found.setdefault(lead, set()).add(term)
    proxy.execute_sql("DROP TABLE temp.word")
    return found


@pytest.mark.parametrize("seed", range(2))
def test_the_catalogue_after_some_days_is_that_of_a_new_floor(made: MadeFloor, seed: int) -> None:
    """Whatever was commanded in whatever order, swept now and then: each lead's terms are what its texts say."""
    life = Life(made, Random(seed))
    people_it(made, life.random, 40)
    for _ in range(150):
        life.passes()
        life.step()
        life.turn()
        life.manage()
        if life.random.random() < 0.1:
            transact(catalogue.sweep)
    catalogue.catch_up()
    kept = written()
    everything = [row[0] for row in rows_of("SELECT id FROM lead WHERE voided_at IS NULL")]
    assert sorted(kept) == sorted(everything)
    proxy.execute_sql("DELETE FROM catalogue")
    transact(lambda: proxy.execute_sql("INSERT INTO uncatalogued (lead_id, can_wait) SELECT id, 1 FROM lead"))
    catalogue.catch_up()
    assert kept == written()


def test_claims_keep_the_catalogue(made: MadeFloor) -> None:
    """Nobody has to call for it: whoever asks for the next lead works a part of the list off."""
    leads = [made.lead(company=f"Acme {number}") for number in range(3)]
    made.next("ann")
    assert entries() == leads
    assert rows_of("SELECT * FROM uncatalogued") == []


def test_the_check_sees_what_is_missing(made: MadeFloor) -> None:
    """A lead that nothing would ever find, and one that is found though it is gone."""
    first, second = made.lead(), made.lead()
    assert check.check(NOW) == ()
    catalogue.catch_up()
    transact(lambda: proxy.execute_sql(f"UPDATE lead SET voided_at = 1 WHERE id = {second}"))
    proxy.execute_sql("DELETE FROM uncatalogued")
    proxy.execute_sql(f"DELETE FROM catalogue WHERE {'lead_id' if is_postgres() else 'rowid'} = {first}")
    assert sorted(catalogue.faults()) == [(first,), (second,)]
    assert "catalogue" in {fault.code for fault in check.check(NOW)}


def test_a_floor_of_an_older_program_is_catalogued(database_url: str) -> None:
    """The migration finds leads there, and they are found afterwards."""
    from playhouse.migrations import Runner

    with floors.opened(database_url):
        Runner(proxy.obj, str(schema.MIGRATIONS)).up("0001_first_floor")
        for statement in (
            "INSERT INTO agent (id, login, name, role) VALUES (1, 'boss', 'Boss', 'manager')",
            f"INSERT INTO campaign (id, name, playbook, edition) VALUES (1, 'main', '{floors.PLAYBOOK}', 'x')",
            "INSERT INTO stage (id, campaign_id, code, position, kind, probability) VALUES (1, 1, 'new', 0, 'open', 1)",
            "INSERT INTO zone (id, name, country) VALUES (1, '', '')",
            "INSERT INTO lead (id, campaign_id, stage_id, zone_id, company, obtained_at, entered_at, stage_since, "
            "lane, key) VALUES (7, 1, 1, 1, 'Acme', 0, 0, 0, 0, 0)",
        ):
            proxy.execute_sql(statement)
        assert "0002_finding" in schema.migrate()
        assert entries() == [7]
        assert [hit.lead_id for hit in finding.find(1, "cme", NOW)] == [7]


def test_a_note_that_is_being_written_is_not_forgotten(postgres_pattern: MadeFloor, fresh_postgres: str) -> None:
    """The catalogue is brought up to date while somebody's command has not ended: the next time it knows."""
    with floors.opened(fresh_postgres):
        made = floors.make(fresh_postgres)
        lead = made.lead(company="Acme")
        with psycopg.connect(fresh_postgres) as other:
            other.execute("UPDATE lead SET company = 'Newton'")
            catalogue.catch_up()
            assert [hit.lead_id for hit in found(made, "acme")] == [lead]
        assert [hit.company for hit in found(made, "newt")] == ["Newton"]
        catalogue.catch_up()
        assert rows_of("SELECT * FROM uncatalogued") == []
        assert [hit.company for hit in found(made, "newt")] == ["Newton"]


# ── many ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def many(made: MadeFloor, count: int, company: str, *, team: str = "south") -> list[int]:
    """Leads of a pool, at once."""
    first = made.lead(company=company.format(0), team=team)
    columns = ", ".join(name for name in Lead._meta.sorted_field_names if name not in ("id", "company"))
    transact(
        lambda: proxy.execute_sql(
            f"INSERT INTO lead (company, {columns}) SELECT REPLACE('{company}', '{{}}', CAST(n AS TEXT)), {columns} "
            f"FROM lead, (WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {count - 1}) "
            f"SELECT n FROM c) AS numbers WHERE id = {first}"
        )
    )
    return [row[0] for row in rows_of("SELECT id FROM lead WHERE id >= ? ORDER BY id", (first,))]


def test_few_are_found_among_many(made: MadeFloor) -> None:
    """What one may see, what is called just so, what has it in a number: not lost behind a thousand newer ones."""
    mine = made.lead(company="My tools", team="north")
    exact = made.lead(company="Tools", team="south")
    number = made.lead(company="Z", number="+49 30 70013", team="south")
    crowd = many(made, 1_000, "Tools {} 700 001 013")
    catalogue.catch_up()
    assert [hit.lead_id for hit in found(made, "tools", "ann")] == [mine]
    assert [hit.lead_id for hit in found(made, "t", "bob")] == [mine]
    hits = [hit.lead_id for hit in found(made, "tools")]
    assert hits[0] == exact
    assert len(hits) == 50
    assert set(hits[1:]) <= set(crowd[-100:])
    assert [hit.lead_id for hit in found(made, "030 70013")] == [number]
    assert found(made, "tools 1001") == []
    assert [hit.company for hit in found(made, "tools 999")] == ["Tools 999 700 001 013"]


def test_whatever_stands_in_a_name_finds_it(made: MadeFloor) -> None:
    """Naughty strings as names and as searches: nothing raises, each finds its own, none finds everything."""
    sample = {"person": "", "email": "", "code": None, "number": "+49777777777", "who": "", "note": ""}
    own = {put(made, {**sample, "company": clean(text)}): text for text in naughty()}
    catalogue.catch_up()
    missed = []
    for lead, text in own.items():
        hits = {hit.lead_id for hit in finding.find(made.boss, text, NOW, limit=1_000)}
        assert len(hits) < len(own) // 2, text
        hits = {hit.lead_id for hit in finding.find(made.boss, clean(text), NOW, limit=1_000)}
        if (lead in hits) != bool(folded(clean(text)).strip()):
            missed.append(text)
    assert missed == []


# ── against a full search ─────────────────────────────────────────────────────────────────────────────────────────────

LETTERS = "abAB12 -.(%'\"*é张伟公ａ１&_🙂"
TEXT = st.text(LETTERS, max_size=8)
LEAD = st.fixed_dictionaries(
    {
        "company": TEXT, "person": TEXT, "email": TEXT, "note": TEXT, "code": st.none() | TEXT,
        "number": st.sampled_from(["+49301212121", "+8612112121", "+12122122112", "+86211221122"]),
        "who": st.sampled_from(["ann", "cid", "north", "south", ""]),
    }
)  # fmt: skip
SEARCH = st.text(LETTERS, min_size=1, max_size=3) | TEXT | st.lists(st.sampled_from("0123"), max_size=6).map("".join)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(leads=st.lists(LEAD, max_size=8), searches=st.lists(SEARCH, min_size=5, max_size=12), is_caught_up=st.booleans())
def test_it_finds_what_a_full_search_does(
    made: MadeFloor, leads: list[dict[str, Any]], searches: list[str], is_caught_up: bool
) -> None:
    """On random floors, for everybody."""
    clear(made)
    for given_lead in leads:
        put(made, given_lead)
    if is_caught_up:
        catalogue.catch_up()
    for text in searches:
        for who in ("ann", "wim", "boss"):
            hits = finding.find(made.people[who], text, NOW, limit=100)
            assert {hit.lead_id for hit in hits} == set(full_search(made, who, text)), (text, who)


def clear(made: MadeFloor) -> None:
    """Takes all leads away, past every guard."""
    proxy.execute_sql(
        "ALTER TABLE touch DISABLE TRIGGER touch_stays" if is_postgres() else "DROP TRIGGER IF EXISTS touch_stays"
    )
    for table in ("touch", "phone", "contact", "lead"):
        if table == "touch":
            trigger = (
                "ALTER TABLE touch DISABLE TRIGGER touch_stays"
                if is_postgres()
                else "DROP TRIGGER IF EXISTS touch_stays"
            )
            proxy.execute_sql(trigger)
        proxy.execute_sql(f"DELETE FROM {table}")
    proxy.execute_sql("DELETE FROM uncatalogued")
    proxy.execute_sql("DELETE FROM catalogue")


def put(made: MadeFloor, values: dict[str, Any]) -> int:
    """A lead straight into the tables; a code that is taken is left out. Returns its id."""
    code = values["code"] or None
    if code is not None and rows_of("SELECT 1 FROM lead WHERE code = ?", (code,)):
        code = None
    owner, team = made.people.get(values["who"]), made.teams.get(values["who"])
    if owner is not None:
        team = made.teams["north" if values["who"] == "ann" else "south"]
    lead = Lead.add(
        campaign_id=1, stage_id=1, zone_id=1, owner_id=owner, team_id=team, company=values["company"], code=code,
        obtained_at=0, entered_at=0, stage_since=0, lane=owner or -(team or 0), key=0,
    )  # fmt: skip
    contact = Contact.add(lead_id=lead, name=values["person"], email=values["email"])
    Phone.add(lead_id=lead, contact_id=contact, number=int(values["number"][1:]))
    said = {"kind": "call", "outcome": "talked", "note": values["note"]}
    transact(lambda: TouchRow.add(journal_id=1, lead_id=lead, stage_id=1, at=0, **said))
    return lead


def full_search(made: MadeFloor, who: str, text: str) -> Iterator[int]:
    """Every lead that somebody may see, looked through from end to end."""
    for lead, company, code, owner, team, name, email, number, note in rows_of(
        "SELECT l.id, l.company, l.code, l.owner_id, l.team_id, c.name, c.email, p.number, t.note FROM lead l "
        "JOIN contact c ON c.lead_id = l.id JOIN phone p ON p.lead_id = l.id JOIN touch t ON t.lead_id = l.id"
    ):
        north = made.teams["north"]
        may_see = {
            "boss": True,
            "wim": team == north or (owner is None and team is None),
            "ann": owner == made.people["ann"] or (owner is None and team in (None, north)),
        }[who]
        texts = [folded(one) for one in (company, name, email, code or "", note)]
        if may_see and has_all(folded(text), texts, str(number)):
            yield lead


def folded(text: str) -> str:
    """Without case, accents and width."""
    spread = unicodedata.normalize("NFKD", text).casefold()
    return "".join(one for one in spread if unicodedata.category(one) not in ("Mn", "Me", "Cf", "Cc") or one.isspace())


def has_all(text: str, texts: list[str], number: str) -> bool:
    groups: list[list[str]] = []
    for word in text.split():
        is_digits = set(word) <= set("+-(). 0123456789") and any(one.isdigit() for one in word.replace("(0)", ""))
        if is_digits and groups and groups[-1][0] == "digits":
            groups[-1].append(word)
        else:
            groups.append(["digits" if is_digits else "word", word])
    return bool(groups) and all(has(kind == "digits", words, texts, number) for kind, *words in groups)


def has(is_digits: bool, words: list[str], texts: list[str], number: str) -> bool:
    one_by_one = all(
        any(
            begins(word, one) if len(word) < 3 and word < "\u2e80" and word[-1] < "\u2e80" else word in one
            for one in texts
        )
        or (is_digits and in_number(digits(word), number))
        for word in words
    )
    return one_by_one or (is_digits and in_number(digits("".join(words)), number))


def digits(word: str) -> str:
    return "".join(one for one in word.replace("(0)", "") if one.isdigit())


def in_number(typed: str, number: str) -> bool:
    """As typed, or without what is dialled before it; fewer than three only where a number begins."""
    national = number[1:] if number.startswith("1") else number[2:]
    return any(
        one in number if len(one) > 2 else number.startswith(one) or national.startswith(one)
        for one in {typed, typed.lstrip("0")} - {""}
    )


def begins(word: str, text: str) -> bool:
    """Whether a word of the text begins so."""
    return any(
        text.startswith(word, place)
        and (place == 0 or not word[0].isalnum() or not text[place - 1].isalnum() or text[place - 1] > "\u2e80")
        for place in range(len(text))
    )
