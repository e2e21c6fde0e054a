"""Names of people and companies that nobody has, Chinese and Western."""

from __future__ import annotations

from random import Random

from models.demo.places import Place
from models.demo.trades import Trade

SURNAMES = tuple("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕")
GIVEN = (
    "伟 芳 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 秀英 霞 平 刚 桂英 建国 志强 海燕 晓东 文博"
    " 雨桐 子涵 浩然 佳怡 国华 春梅 立新 思远 嘉豪 丽华 永胜 红梅 俊杰 雪松 慧敏 新宇 家琪 振华"
).split()
FIRST = {
    "en": (
        "James Mary Robert Patricia Daniel Linda Michael Susan David Karen Thomas Nancy Paul Laura Kevin Emma Brian"
        " Olivia George Grace Peter Helen Frank Alice Ray Diane Carl Judith Marc Priya Tariq Ana"
    ).split(),
    "de": "Jürgen Sabine Klaus Petra Stefan Anja Uwe Monika Dieter Heike Bernd Silke Matthias Ulrike".split(),
}
LAST = {
    "en": (
        "Carter Walsh Bennett Hughes Morgan Foster Costa Nguyen Reed Palmer Doyle Grant Hayes Fisher Lowe Barker"
        " Stone Marsh Quinn Webb Rahman Okafor Silva Novak Price Boyd Lane Hunt Cole West"
    ).split(),
    "de": "Schäfer Becker Krüger Vogel Brandt Lorenz Winkler Seidel Köhler Ziegler Arnold Böhm Kraus Pohl".split(),
}
BRANDS_ZH = (
    "华星 东方 长江 明德 恒泰 瑞丰 金桥 宏图 天成 鼎盛 远大 博源 新纪元 安泰 盛世 蓝海"
    " 九州 嘉禾 永信 德润 启航 中泰 汇通 百川 卓越 同创 国瑞 锦程 海纳 万邦 丰达 佳美"
    " 正大 三友 星辰 凯旋 大地 绿源 光华 祥云 众诚 兴隆 信达 联合 立德 弘毅 亿通 双龙"
).split()
BRANDS_EN = (
    "Acme Nord Pacific Kestrel Beacon Orchid Riverbank Harbour Summit Falcon Maple Granite Cedar Atlas Bluebell Crown"
    " Delta Eastgate Foxglove Greenway Highland Ivory Juniper Keystone Lantern Meridian Northwind Oakfield Pinnacle"
    " Quarry Redwood Sterling Thornton Union Vanguard Westbrook Yarrow Zenith Amber Birchwood Copper Driftwood Elmstone"
).split()
FORMS = {"US": ("Inc.", "LLC", "Corp."), "GB": ("Ltd", "Ltd", "plc"), "DE": ("GmbH", "GmbH", "AG"), "SG": ("Pte Ltd",),
         "AU": ("Pty Ltd",)}  # fmt: skip


def person(place: Place, rng: Random) -> str:
    """Somebody who works there."""
    if place.is_chinese:
        return rng.choice(SURNAMES) + rng.choice(GIVEN)
    if place.country == "SG" and rng.random() < 0.4:
        return f"{rng.choice(('Tan', 'Lim', 'Ng', 'Koh', 'Chua'))} {rng.choice(('Wei Ling', 'Jun Jie', 'Hui Min'))}"
    people = "de" if place.streets == "de" else "en"
    return f"{rng.choice(FIRST[people])} {rng.choice(LAST[people])}"


def company(place: Place, trade: Trade, taken: set[str], rng: Random) -> str:
    """A company of that trade and place whose name no other lead has."""
    for tries in range(200):
        if place.is_chinese:
            middle = rng.choice(SURNAMES) if tries > 3 else ""
            head = place.city if rng.random() < 0.6 or tries else ""
            name = f"{head}{rng.choice(BRANDS_ZH)}{middle}{rng.choice(trade.names_zh)}有限公司"
        else:
            brand = rng.choice(BRANDS_EN) if tries < 4 else f"{rng.choice(BRANDS_EN)} {rng.choice(LAST['en'])}"
            form = f" {rng.choice(FORMS[place.country])}" if rng.random() < 0.5 or tries > 2 else ""
            name = f"{brand} {rng.choice(trade.names_en)}{form}"
        if name not in taken:
            taken.add(name)
            return name
    raise ValueError("more companies were asked for than there are names")


def mailbox(company_name: str, who: str, rng: Random) -> str:
    """An address that cannot be delivered: `.example` belongs to nobody."""
    latin = "".join(sign for sign in company_name.split(" ")[0].lower() if sign.isascii() and sign.isalnum())
    box = "".join(sign for sign in who.split(" ")[-1].lower() if sign.isascii() and sign.isalnum())
    return f"{box or rng.choice(('info', 'office', 'buy'))}@{latin or f'cn{rng.randrange(10_000):04}'}.example"
