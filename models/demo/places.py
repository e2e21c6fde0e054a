"""Where the demo's customers live: cities, their clocks, and numbers that nobody has.

Where a country keeps ranges for films and books they are used: 555-01xx in the United States, the drama numbers of the
United Kingdom, Germany and Australia. China and Singapore keep none; there the numbers are plainly made up (a block of
zeros, of nines), but of valid form.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Place:
    """A city with customers in it."""

    city: str
    zone: str
    """IANA zone, as the numbers themselves tell it; empty where they do not."""
    country: str
    share: float
    """Of all leads."""
    numbers: tuple[str, ...]
    """E.164 without the plus; every '#' is any digit."""
    streets: str
    """Which list of streets is used here."""

    @property
    def is_chinese(self) -> bool:
        """Whether its people are spoken to in Chinese."""
        return self.country == "CN"

    @property
    def is_eastern(self) -> bool:
        """Whether it is called in the floor's own daytime."""
        return self.country in ("CN", "SG", "AU")


MOBILE = tuple(f"86{segment}0000####" for segment in (130, 136, 138, 139, 150, 158, 177, 186, 189, 199))

PLACES = (
    Place("北京", "Asia/Shanghai", "CN", 9.0, ("86106999####", *MOBILE), "zh"),
    Place("上海", "Asia/Shanghai", "CN", 9.0, ("86216999####", *MOBILE), "zh"),
    Place("广州", "Asia/Shanghai", "CN", 6.0, ("86206999####", *MOBILE), "zh"),
    Place("深圳", "Asia/Shanghai", "CN", 6.5, MOBILE, "zh"),
    Place("杭州", "Asia/Shanghai", "CN", 5.0, MOBILE, "zh"),
    Place("苏州", "Asia/Shanghai", "CN", 4.5, MOBILE, "zh"),
    Place("成都", "Asia/Shanghai", "CN", 4.5, MOBILE, "zh"),
    Place("武汉", "Asia/Shanghai", "CN", 4.0, MOBILE, "zh"),
    Place("青岛", "Asia/Shanghai", "CN", 3.0, MOBILE, "zh"),
    Place("西安", "Asia/Shanghai", "CN", 3.0, MOBILE, "zh"),
    Place("New York", "America/New_York", "US", 5.0, ("121255501##", "164655501##", "171855501##"), "en"),
    Place("Boston", "America/New_York", "US", 2.5, ("161755501##", "185755501##"), "en"),
    Place("Chicago", "America/Chicago", "US", 2.5, ("131255501##", "177355501##"), "en"),
    Place("Houston", "America/Chicago", "US", 2.0, ("171355501##", "183255501##"), "en"),
    Place("Denver", "America/Denver", "US", 1.5, ("130355501##",), "en"),
    Place("San Francisco", "America/Los_Angeles", "US", 3.0, ("141555501##", "162855501##"), "en"),
    Place("Seattle", "America/Los_Angeles", "US", 2.5, ("120655501##", "142555501##"), "en"),
    Place("London", "Europe/London", "GB", 6.0, ("442079460###",), "en"),
    Place("Birmingham", "Europe/London", "GB", 2.5, ("441214960###",), "en"),
    Place("Manchester", "Europe/London", "GB", 2.5, ("441614960###",), "en"),
    Place("Berlin", "Europe/Berlin", "DE", 2.0, ("493023125###",), "de"),
    Place("Hamburg", "Europe/Berlin", "DE", 1.5, ("494066969###",), "de"),
    Place("München", "Europe/Berlin", "DE", 2.0, ("498999998###",), "de"),
    Place("Singapore", "Asia/Singapore", "SG", 4.5, ("656999####",), "en"),
    Place("Sydney", "Australia/Sydney", "AU", 2.5, ("61255500###", "61270100###"), "en"),
    Place("Melbourne", "Australia/Sydney", "AU", 2.0, ("61355500###", "61370100###"), "en"),
    Place("Perth", "", "AU", 1.0, ("61855500###",), "en"),
)

STREETS = {
    "zh": ("人民路", "中山路", "建设路", "解放路", "科技路", "创业大道", "工业园一路", "和平路", "长江路", "滨海大道"),
    "en": ("High Street", "Station Road", "Market Street", "Mill Lane", "Oak Avenue", "Harbour Road", "King Street"),
    "de": ("Hauptstraße", "Industriestraße", "Bahnhofstraße", "Lindenweg", "Hafenstraße"),
}


def address(place: Place, rng: Random) -> str:
    """A street and a city that exist, and a house that may not."""
    street, house = rng.choice(STREETS[place.streets]), rng.randint(1, 288)
    if place.is_chinese:
        return f"{place.city}市{street}{house}号"
    return f"{street} {house}, {place.city}" if place.streets == "de" else f"{house} {street}, {place.city}"


def number(place: Place, taken: set[int], rng: Random) -> int:
    """A number of that place that no other lead has; the block is full long after the demo is."""
    while True:
        digits = "".join(str(rng.randrange(10)) if sign == "#" else sign for sign in rng.choice(place.numbers))
        if int(digits) not in taken:
            taken.add(int(digits))
            return int(digits)
