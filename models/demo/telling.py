"""Tells a lead's life from the day it came until now: who calls when, what comes of it, what is agreed next."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from msgspec.structs import replace

import funnel
from funnel import TouchKind
from models.demo import rates, talks
from models.demo.crew import AGENTS, BY_LOGIN, Member
from models.demo.customers import expected_on
from models.demo.hours import FLOOR_ZONE, Diary, Hours
from models.demo.life import Life
from models.ledger import Entry
from models.zones import clock

MARGIN = timedelta(minutes=3)
"""Nothing is told of the last minutes, so that a move after a talk is past as well."""
LEARNT = {
    "E": ("title", "industry", "systems", "best_time"),
    "D": ("need", "business", "product", "competitor", "objection", "timing"),
    "C": ("budget", "decider", "obstacle", "preference"),
    "B": ("product", "units", "plan", "potential"),
    "A": ("address",),
    "won": (),
}
"""What a talk in each stage brings to light."""


class Teller:
    """Tells lives, one after another; they share the agents' diaries."""

    def __init__(self, playbook: funnel.Playbook, hours: Hours, now: datetime, rng: Random) -> None:
        self.playbook, self.hours, self.now, self.rng = playbook, hours, now, rng
        self.diary = Diary()

    def tell(self, life: Life) -> None:
        """Everything that happened to one lead."""
        source = self.playbook.source(life.customer.source)
        life.enter(self.playbook, is_fresh=life.intake is None or (source is not None and source.is_fresh))
        if self.rng.random() < 0.5:
            life.learn("industry", "need")
        if life.is_waiting:
            return
        self._first_touch(life)
        while (call := self._next_call(life)) is not None:
            self._call(life, *call)
            if life.stage == funnel.LOST and self.rng.random() < rates.REOPENED:
                self._reopen(life)

    # ── when, and who ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _next_call(self, life: Life) -> tuple[datetime, Member] | None:
        if life.wake_at is None or life.wake_at > self.now:
            return None
        caller = self._caller(life)
        at = self._slot(life, caller, life.wake_at + self._delay(life, caller))
        return None if at > self.now - MARGIN else (at, caller)

    def _slot(self, life: Life, caller: Member, moment: datetime) -> datetime:
        """The first moment at which the customer may be called and the agent is free."""
        place = life.customer.place
        while True:
            open_at = self.hours.call_at(place, moment, self.rng)
            at = self.diary.first_free(caller.login, open_at)
            if at == open_at or at == self.hours.call_at(place, at, self.rng):
                return at
            moment = at

    def _delay(self, life: Life, caller: Member) -> timedelta:
        rng, chance = self.rng, self.rng.random()
        if life.due_at is not None:
            if chance < 0.84:
                return timedelta(minutes=rng.randint(-3, 12))
            return timedelta(minutes=rng.randint(20, 150)) if chance < 0.95 else timedelta(days=1, minutes=-20)
        if life.fresh_until is not None and chance < 0.85:
            return timedelta(minutes=rng.lognormvariate(3.6, 0.8) / caller.pace)
        if chance > 1 - rates.FORGOTTEN and life.stage in "EDC":
            return timedelta(days=rng.uniform(15, 35))
        return timedelta(days=rng.expovariate(1 / rates.BACKLOG_DAYS[life.stage]) / caller.pace)

    def _caller(self, life: Life) -> Member:
        if login := life.due_to or life.owner:
            return BY_LOGIN[login]
        able = [member for member in AGENTS if life.team in (None, member.team)]
        is_eastern = life.customer.place.is_eastern
        able = [member for member in able if (member.calls_east if is_eastern else member.calls_west)]
        return self.rng.choices(able, [member.pace for member in able])[0]

    # ── what comes of it ──────────────────────────────────────────────────────────────────────────────────────────────

    def _first_touch(self, life: Life) -> None:
        """Who called us, and who was met at a stand, has a first record from that very day."""
        kind, chance = {"inbound": (TouchKind.CALL, 0.6), "exhibition": (TouchKind.MEETING, 0.45)}.get(
            life.customer.source, (TouchKind.CALL, 0.0)
        )
        at = life.entered_at + timedelta(minutes=1)
        if self.rng.random() >= chance or at > self.now - MARGIN:
            return
        is_inbound = life.customer.source == "inbound"
        note = self._short(life, "inbound" if is_inbound else "meeting")
        life.learn("industry", "need")
        seconds = self.rng.randint(60, 300) if is_inbound else None
        entry = Entry("talked", kind=kind, note=note, seconds=seconds, is_inbound=is_inbound)
        entry = self._with_next_step(life, at, "E", entry)
        caller = self._caller(life).login
        life.log(self.playbook, at, caller, entry)
        if life.may(self.playbook, "D"):
            life.move(self.playbook, at + timedelta(seconds=40), caller, "D")

    def _call(self, life: Life, at: datetime, caller: Member) -> None:
        hour = at.astimezone(clock(life.customer.place.zone, FLOOR_ZONE)).hour
        reached = rates.REACHED[life.stage] * rates.BY_HOUR.get(hour, 0.4) * caller.pace**0.2
        if life.due_at is not None:
            reached = rates.REACHED_AS_PROMISED
        if self.rng.random() >= reached:
            self._miss(life, at, caller.login)
        elif life.stage == "won":
            self._log_talk(life, at, caller.login, next_step=False)
        elif life.stage == "E" and self._turned_down(life, at, caller.login):
            return
        else:
            self._talk(life, at, caller)

    def _miss(self, life: Life, at: datetime, who: str) -> None:
        rng = self.rng
        code = rng.choices([code for code, _ in rates.MISSES], [weight for _, weight in rates.MISSES])[0]
        if life.stage == "E" and life.tries.in_all < 2 and rng.random() < rates.WRONG_NUMBER * 1.6:
            code = "wrong_number"
        note = self._short(life, code) if rng.random() < 0.5 else ""
        seconds = self.diary.take(who, at, rng.randint(15, 50))
        life.log(self.playbook, at, who, Entry(code, note=note, seconds=seconds if code == "gatekeeper" else None))

    def _turned_down(self, life: Life, at: datetime, who: str) -> bool:
        """The first talk ends it: refused, never again, or no customer of ours."""
        quality = rates.SOURCES[life.customer.source].quality * BY_LOGIN[who].skill
        chance = self.rng.random()
        if chance < rates.DO_NOT_CALL:
            code = "do_not_call"
        elif chance < rates.DO_NOT_CALL + rates.REFUSED / quality**0.7:
            code = "refused"
        elif chance > 1 - rates.NOT_A_FIT:
            self._log_talk(life, at, who, next_step=False)
            reason = self.rng.choices([code for code, _ in rates.INVALIDS], [weight for _, weight in rates.INVALIDS])[0]
            life.move(self.playbook, at + timedelta(seconds=50), who, funnel.INVALID, reason)
            return True
        else:
            return False
        seconds = self.diary.take(who, at, self.rng.randint(20, 110))
        life.log(self.playbook, at, who, Entry(code, note=self._short(life, code), seconds=seconds))
        return True

    def _talk(self, life: Life, at: datetime, caller: Member) -> None:
        stage, who, rng = life.stage, caller.login, self.rng
        odds = rates.STAGES[stage]
        forward = odds.forward * caller.skill * rates.SOURCES[life.customer.source].quality ** 0.6
        wish = rng.choices(("forward", "lost", "back", "stays"), (forward, odds.lost, odds.back, odds.stays))[0]
        then = at + timedelta(seconds=rng.randint(25, 90))
        if wish == "lost":
            self._lose(life, at, who)
            return
        if stage == "E" and rng.random() < 0.3:
            note = self._short(life, "callback")
            seconds = self.diary.take(who, at, rng.randint(25, 90))
            entry = Entry("callback", note=note, seconds=seconds, next_at=self._agreed(life, at, 0.1, 2))
            life.log(self.playbook, at, who, entry)
        else:
            self._log_talk(life, at, who, is_last=stage == "A" and wish == "forward")
        after = self.playbook.after(stage)
        if wish == "forward" and after is not None:
            self._promote(life, then, who, after.code)
        elif wish == "back":
            back = self.playbook.stages[self.playbook.position(stage) - 1].code
            life.move(self.playbook, then, who, back, talks.pick(talks.BACK, life.customer.is_chinese, rng))
        self._send(life, at, who)

    def _promote(self, life: Life, at: datetime, who: str, to: str) -> None:
        reason = ""
        if life.stage == "E" and self.rng.random() < 0.02:
            to, reason = "C", talks.pick(talks.SKIP, life.customer.is_chinese, self.rng)
            life.learn("need")
        if life.may(self.playbook, to, reason):
            life.move(self.playbook, at, who, to, reason)

    def _lose(self, life: Life, at: datetime, who: str) -> None:
        """Half are told so on the phone and closed by the outcome, half are closed after the talk."""
        codes, weights = zip(*rates.LOSSES[life.stage], strict=True)
        reason = self.rng.choices(codes, weights)[0]
        if self.rng.random() < 0.5:
            seconds = self.diary.take(who, at, self.rng.randint(40, 240))
            note = self._short(life, "refused")
            life.log(self.playbook, at, who, Entry("refused", note=note, reason=reason, seconds=seconds))
        else:
            self._log_talk(life, at, who, next_step=False)
            life.move(self.playbook, at + timedelta(seconds=45), who, funnel.LOST, reason)

    def _reopen(self, life: Life) -> None:
        """Some come back after weeks, with a reason."""
        at = life.stage_since + timedelta(days=self.rng.uniform(30, 70))
        who = life.owner or self._caller(life).login
        at = self.hours.call_at(life.customer.place, at, self.rng)
        if at < self.now - MARGIN:
            life.move(self.playbook, at, who, "D", talks.pick(talks.REOPEN, life.customer.is_chinese, self.rng))
            life.wake_at = at

    # ── what is said ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _log_talk(self, life: Life, at: datetime, who: str, *, next_step: bool = True, is_last: bool = False) -> None:
        """A talk with note, purpose, feedback, and what is agreed; some end without."""
        rng, stage, customer = self.rng, life.stage, life.customer
        life.learn(*LEARNT[stage])
        self._learn_of_money(life, at)
        note, feedback, tag = talks.talk(stage, customer.facts, customer.is_chinese, rng)
        purpose = talks.pick(talks.PURPOSES[stage], customer.is_chinese, rng) if rng.random() < 0.9 else ""
        in_person = stage in "BA" and rng.random() < 0.12
        kind = rng.choice((TouchKind.VISIT, TouchKind.MEETING)) if in_person else TouchKind.CALL
        talk_seconds = self.diary.take(who, at, int(min(rng.lognormvariate(5.0, 0.6), 1500)) + 20)
        seconds = talk_seconds if kind is TouchKind.CALL else rng.randint(20, 70) * 60
        entry = Entry("talked", kind=kind, note=note, purpose=purpose, feedback=feedback, tags=tag, seconds=seconds)
        if is_last:
            week = self._agreed(life, at, 6, 8)
            entry = replace(entry, next_at=week) if rng.random() < 0.4 else replace(entry, sleep_until=week)
        elif next_step:
            entry = self._with_next_step(life, at, stage, entry)
        life.log(self.playbook, at, who, entry)

    def _with_next_step(self, life: Life, at: datetime, stage: str, entry: Entry) -> Entry:
        """A promise mostly, sometimes a timer of weeks, sometimes nothing: then the desk says so."""
        chance = self.rng.random()
        if chance < rates.LOOSE_END:
            return entry
        if chance < rates.LOOSE_END + rates.SLEEPS:
            return replace(entry, sleep_until=self._agreed(life, at, 12, 45))
        bring = talks.pick(talks.BRINGS, life.customer.is_chinese, self.rng)
        return replace(entry, next_at=self._agreed(life, at, *rates.STAGES[stage].pause_days), bring=bring)

    def _agreed(self, life: Life, at: datetime, soonest: float, latest: float) -> datetime:
        """A moment in the customer's office hours, on a quarter of an hour."""
        moment = at + timedelta(days=self.rng.uniform(soonest, latest))
        moment = moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)
        return self.hours.in_office(life.customer.place, max(moment, at + timedelta(hours=1)), self.rng)

    def _learn_of_money(self, life: Life, at: datetime) -> None:
        customer, stage = life.customer, life.stage
        if stage not in "EDCB" or (stage == "E" and self.rng.random() < 0.5):
            return
        if stage == "B":
            life.fields["amount"] = customer.amount
            if self.rng.random() < 0.4:
                life.fields["margin"] = (customer.amount * Decimal(self.rng.randint(20, 45)) / 100).quantize(Decimal(1))
        else:
            life.fields.setdefault("amount", customer.amount.quantize(Decimal("1E3")) or Decimal(3_000))
        if stage in "CB" or self.rng.random() < 0.3:
            life.fields["expected_on"] = expected_on(at.date(), stage, self.rng).isoformat()

    def _send(self, life: Life, at: datetime, who: str) -> None:
        """What was promised goes out soon after the talk, in writing."""
        customer, at = life.customer, at + timedelta(minutes=self.rng.randint(8, 40))
        if life.stage not in "DCBA" or self.rng.random() > 0.3 or at > self.now - MARGIN:
            return
        ways = [TouchKind.EMAIL, TouchKind.EMAIL, TouchKind.FAX]
        ways += [TouchKind.CHAT, TouchKind.SMS] if customer.is_chinese else []
        entry = Entry("sent", kind=self.rng.choice(ways), note=self._short(life, "sent"))
        sleep = life.wake_at if life.due_at is None else None
        life.log(self.playbook, at, who, replace(entry, sleep_until=sleep))

    def _short(self, life: Life, outcome: str) -> str:
        return talks.short(outcome, life.customer.facts, life.customer.is_chinese, self.rng)
