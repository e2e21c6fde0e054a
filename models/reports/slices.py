"""What a figure is asked of: a campaign's leads, narrowed by team, agent, source, industry, product and amount.

One place says who may read what, and what the selection means in the tables. Funnels go by who owned the lead when it
moved, work goes by who did it; source, industry, product and amount are the lead's as it stands now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from models.base import hundredths, rows_of
from models.connect import is_postgres
from models.errors import Refused
from models.people import Agent, Role


class By(StrEnum):
    """What a figure is split by; the parts of every split but months make up the whole."""

    NOTHING = "nothing"
    TEAM = "team"
    AGENT = "agent"
    SOURCE = "source"
    INDUSTRY = "industry"
    PRODUCT = "product"
    MONTH = "month"


PEOPLE = (By.NOTHING, By.TEAM, By.AGENT)
"""By these, counters are kept."""
OF_THE_LEAD = (By.SOURCE, By.INDUSTRY, By.PRODUCT)

Condition = tuple[str, tuple[object, ...]]
"""SQL that is true of the rows meant, and what goes into its places."""

NOBODY = 0
"""As team or agent of a slice: leads that have none."""
NOBODYS = -1
"""No team has this id: a supervisor without a team sees nobody's figures."""


@dataclass(frozen=True, slots=True)
class Slice:
    """The selection of a figure; None and nothing else means all of it."""

    campaign_id: int
    team_id: int | None = None
    agent_id: int | None = None
    """As the team: None is everybody, `NOBODY` the leads that have none."""
    source: str | None = None
    """Its code; empty for leads of which nobody knows it, as with the next two."""
    industry: str | None = None
    product: str | None = None
    amount_from: Decimal | None = None
    """The least expected amount; a lead without one is in no range."""
    amount_to: Decimal | None = None
    """The first amount that is too large."""

    @property
    def is_of_people(self) -> bool:
        """Whether it goes by team and agent alone, by which counters are kept."""
        return not self.told and not self.has_amounts

    @property
    def told(self) -> set[By]:
        """What of its leads is told: source, industry, product."""
        return {by for by in OF_THE_LEAD if getattr(self, by.value) is not None}

    def part(self, by: By) -> By | None:
        """What kept counters have to go by to answer this slice, split so: one thing that leads are, or nothing but
        people and time. None where no counters do: for several things at once, for owners or amounts beside one."""
        parts = self.told | ({by} & set(OF_THE_LEAD)) or {By.NOTHING}
        is_of_owners = self.agent_id is not None or by is By.AGENT
        if len(parts) > 1 or self.has_amounts or (is_of_owners and parts != {By.NOTHING}):
            return None
        return next(iter(parts))

    @property
    def has_amounts(self) -> bool:
        """Whether it goes by what leads are expected to bring, by which no counter goes."""
        return (self.amount_from, self.amount_to) != (None, None)


def narrowed(viewer_id: int, wanted: Slice) -> Slice:
    """What a person may read of a selection: managers all, supervisors their team, agents themselves.

    Raises:
        Refused: `not_found` for a campaign that is none, another team, or somebody outside of it; who has left reads
            nothing.
    """
    viewer = Agent.get_or_none(Agent.id == viewer_id, Agent.left_at.is_null())
    if viewer is None or not rows_of("SELECT 1 FROM campaign WHERE id = ?", (wanted.campaign_id,)):
        raise Refused("not_found")
    if viewer.role == Role.MANAGER:
        return wanted
    own = viewer.team_id if viewer.team_id is not None else NOBODYS
    if wanted.team_id not in (None, own):
        raise Refused("not_found")
    if viewer.role == Role.AGENT:
        if wanted.agent_id not in (None, viewer.id):
            raise Refused("not_found")
        return replace(wanted, team_id=None, agent_id=viewer.id)
    if wanted.agent_id and not _is_in(wanted.agent_id, own):  # what nobody owns is the team's pool
        raise Refused("not_found")
    return replace(wanted, team_id=own)


def _is_in(agent_id: int, team_id: int) -> bool:
    return Agent.select().where(Agent.id == agent_id, Agent.team_id == team_id).exists()


# ── in the tables ─────────────────────────────────────────────────────────────────────────────────────────────────────


def of_leads(chosen: Slice, lead: str = "l") -> Condition:
    """The leads of a slice as they stand now, as a condition on `lead` under that name."""
    return joined(
        (f"{lead}.voided_at IS NULL", ()),
        (f"{lead}.campaign_id = ?", (chosen.campaign_id,)),
        *_of_people(chosen, lead),
        *of_the_lead(chosen, lead),
    )


def of_moves(chosen: Slice, move: str = "m") -> Condition:
    """The moves of a slice, as a condition on `stage_move`: by team and owner as they were when the lead moved."""
    stages = "(SELECT id FROM stage WHERE campaign_id = ?)"
    return joined(
        (f"{move}.voided_by IS NULL", ()),
        (f"{move}.to_stage_id IN {stages}", (chosen.campaign_id,)),
        *_of_people(chosen, move),
        *as_it_stands(chosen, move),
    )


def of_passages(chosen: Slice, passage: str = "p") -> Condition:
    """The passages of a slice, as a condition on `passage` or `sale`; of people alone, on every kept counter too."""
    people = {"team_id": chosen.team_id, "owner_id": chosen.agent_id}
    return joined(_of_stages(chosen, passage), *are(passage, people), *as_it_stands(chosen, passage))


def of_leads_counted(chosen: Slice, row: str, part: str | None = None) -> Condition:
    """The same on counters by what leads are, of a slice without agent and amounts.

    Args:
        chosen: the slice.
        row: the counter's name.
        part: the one thing by which it goes as `part` and `value`, empty for none; None where each has a column.
    """
    told: dict[str, object] = {by.value: getattr(chosen, by.value) for by in OF_THE_LEAD}
    if part is not None:
        told = {"part": part, "value": told.get(part, "")}
    return joined(_of_stages(chosen, row), *are(row, {"team_id": chosen.team_id, **told}))


def _of_stages(chosen: Slice, row: str) -> Condition:
    stages = "(SELECT id FROM stage WHERE campaign_id = ?)"
    # PostgreSQL would join all rows with the stages; so it asks for them once.
    return f"{row}.stage_id {f'= ANY(ARRAY{stages})' if is_postgres() else f'IN {stages}'}", (chosen.campaign_id,)


def are(row: str, wanted: Mapping[str, object]) -> Iterator[Condition]:
    """Columns of a kept counter have the values that are wanted, where one is."""
    return ((f"{row}.{column} = ?", (value,)) for column, value in wanted.items() if value is not None)


def of_touches(chosen: Slice, touch: str = "t") -> Condition:
    """The touches of a slice, as a condition on `touch`: by who did them, and the team that this person is in now."""
    return joined(
        (f"{touch}.voided_by IS NULL", ()),
        *_of_doers(chosen, touch, f"{touch}.agent_id IS NULL"),
        *as_it_stands(chosen, touch),
    )


def of_worked(chosen: Slice, row: str = "w") -> Condition:
    """The same of a slice that is of people alone, as a condition on the kept counter `worked`."""
    return joined(*_of_doers(chosen, row, f"{row}.agent_id = 0"))


def _of_doers(chosen: Slice, row: str, nobody: str) -> Iterator[Condition]:
    yield _of_stages(chosen, row)
    in_a_team = f"SELECT 1 FROM agent a WHERE a.id = {row}.agent_id AND a.team_id"
    if chosen.team_id == NOBODY:
        yield f"NOT EXISTS ({in_a_team} IS NOT NULL)", ()
    elif chosen.team_id is not None:
        yield f"EXISTS ({in_a_team} = ?)", (chosen.team_id,)
    if chosen.agent_id == NOBODY:
        yield nobody, ()
    elif chosen.agent_id is not None:
        yield f"{row}.agent_id = ?", (chosen.agent_id,)


def of_hands(chosen: Slice, team: str, owner: str) -> Condition:
    """Whose a lead is, or was, as a condition on two columns of ids; true of everybody's where nobody is chosen."""
    wanted = [(team, chosen.team_id), (owner, chosen.agent_id)]
    return joined(*((f"COALESCE({column}, 0) = ?", (own,)) for column, own in wanted if own is not None))


def as_it_stands(chosen: Slice, row: str) -> Iterator[Condition]:
    """What the lead of a row is now."""
    if not chosen.is_of_people:
        text, args = joined(*of_the_lead(chosen, "l"))
        yield f"EXISTS (SELECT 1 FROM lead l WHERE l.id = {row}.lead_id AND {text})", args


def _of_people(chosen: Slice, row: str) -> Iterator[Condition]:
    for column, value in (("team_id", chosen.team_id), ("owner_id", chosen.agent_id)):
        if value == NOBODY:
            yield f"{row}.{column} IS NULL", ()
        elif value is not None:
            yield f"{row}.{column} = ?", (value,)


def of_the_lead(chosen: Slice, lead: str) -> Iterator[Condition]:
    """What a lead is now, taken back or not."""
    for column in ("source", "industry", "product"):
        if (value := getattr(chosen, column)) is not None:
            yield f"{lead}.{column} = ?", (value,)
    if chosen.amount_from is not None:
        yield f"{lead}.amount >= ?", (hundredths(chosen.amount_from),)
    if chosen.amount_to is not None:
        yield f"{lead}.amount < ?", (hundredths(chosen.amount_to),)


def joined(*conditions: Condition) -> Condition:
    """All of them; true of everything where there is none."""
    if not conditions:
        return "1 = 1", ()
    return " AND ".join(text for text, _ in conditions), tuple(value for _, args in conditions for value in args)
