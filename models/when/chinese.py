"""Chinese words that moments are said with, and Chinese numerals. Keys are simplified; `SIMPLIFIED` folds the rest."""

from __future__ import annotations

from collections.abc import Iterable

from models.when.words import Kind, Word, each, row


def _evenings() -> Iterable[tuple[str, Word]]:
    """今晚, 明早 and their like: a day and a part of it in two characters."""
    for day, number in (("昨", -1), ("今", 0), ("当", 0), ("明", 1), ("后", 2)):
        for part, name in (("早", "morning"), ("晚", "night"), ("夜", "night")):
            yield day + part, Word(Kind.NAMED_PART, number, name)


WORDS: dict[str, Word] = dict(
    [
        # figures
        *each("半", Word(Kind.HALF)),
        *each("刻 刻钟", Word(Kind.QUARTER, 15, "minutes")),
        # times
        *each("点 点钟 时", Word(Kind.HOUR_MARK)),
        *each("分", Word(Kind.MINUTE_MARK)),
        *each("秒", Word(Kind.SECOND_MARK)),
        *each("整 左右 前后 钟", Word(Kind.OCLOCK)),
        *each("正午", Word(Kind.NOON, 12, "noon")),
        *each("午夜", Word(Kind.NOON, 0, "midnight")),
        *each("凌晨 半夜", Word(Kind.PART, name="dawn")),
        *each("清晨 清早 一早 一大早 大清早", Word(Kind.PART, name="early")),
        *each("早上 早晨 上午 早", Word(Kind.PART, name="morning")),
        *each("中午 午间", Word(Kind.PART, name="noon")),
        *each("下午 午后", Word(Kind.PART, name="afternoon")),
        *each("傍晚", Word(Kind.PART, name="evening")),
        *each("晚上 晚间 夜里 夜间 夜晚 深夜 晚", Word(Kind.PART, name="night")),
        *each("下班前", Word(Kind.PART, name="close")),
        *_evenings(),
        # days
        *each("现在 此刻 这时候", Word(Kind.NOW)),
        *row(Kind.NAMED, -3, "大前天", "前天 前日", "昨天 昨日", "今天 今日 今儿 当天"),
        *row(Kind.NAMED, 1, "明天 明日 明儿 次日 第二天", "后天 后日", "大后天"),
        *(
            (week + day, Word(Kind.WEEKDAY, number))
            for week in ("周", "星期", "礼拜")
            for number, days in enumerate(("一", "二", "三", "四", "五", "六末", "日天"))
            for day in days
        ),
        *row(Kind.PERIOD, -1, "去年", "今年 本年", "明年", "后年"),
        *each("元旦 元旦节", Word(Kind.HOLIDAY, 101)),
        *each("情人节", Word(Kind.HOLIDAY, 214)),
        *each("劳动节 五一 五一节", Word(Kind.HOLIDAY, 501)),
        *each("国庆 国庆节", Word(Kind.HOLIDAY, 1001)),
        *each("双十一", Word(Kind.HOLIDAY, 1111)),
        *each("平安夜", Word(Kind.HOLIDAY, 1224)),
        *each("圣诞 圣诞节", Word(Kind.HOLIDAY, 1225)),
        *each("年", Word(Kind.YEAR_MARK, name="year")),
        *each("月 月份", Word(Kind.MONTH_MARK, name="month")),
        *each("日", Word(Kind.DAY_MARK, name="day")),
        *each("号", Word(Kind.DAY_MARK)),
        *each("底 末", Word(Kind.EDGE, name="end")),
        *each("初 上旬", Word(Kind.EDGE, name="start")),
        *each("中 中旬", Word(Kind.EDGE, name="mid")),
        *each("下旬", Word(Kind.EDGE, name="late")),
        *each("第", Word(Kind.NTH_MARK)),
        # distances
        *each("秒钟", Word(Kind.UNIT, name="second")),
        *each("分钟", Word(Kind.UNIT, name="minute")),
        *each("小时 钟头", Word(Kind.UNIT, name="hour")),
        *each("天", Word(Kind.UNIT, name="day")),
        *each("工作日", Word(Kind.UNIT, name="workday")),
        *each("周 星期 礼拜", Word(Kind.UNIT, name="week")),
        *each("个月", Word(Kind.UNIT, name="month")),
        *each("季度", Word(Kind.UNIT, name="quarter")),
        *each("个", Word(Kind.PIECE)),
        *each("后 之后 以后 过后", Word(Kind.LATER, name="后")),
        *each("前 之前 以前", Word(Kind.AGO)),
        *row(Kind.STEP, -2, "上上", "上", "本 这 这个", "下", "下下"),
        # between
        *each("大约 大概 约 差不多", Word(Kind.AT)),
        *each("在 于", Word(Kind.ON)),
        *each("最后", Word(Kind.NEXT, -1, "last")),
        *each("过 再过", Word(Kind.IN)),
        *each("的", Word(Kind.OF)),
        *each("到 至", Word(Kind.TO)),
        *each("或 或者 还是", Word(Kind.OR)),
        *each("春天 夏天 秋天 冬天 春节 清明 端午 端午节 中秋 中秋节 除夕 正月 腊月 农历 阴历", Word(Kind.VAGUE)),
        # no moment, though they begin like one: 晚点联系, 三点前台见, 五月中国展
        *each("晚点 晚些 早点 早些 前台 前面 前往 前来 中国 中心 中介 号码 号楼 号店 时间 时候", Word(Kind.OTHER)),
        *each("到时 到期 到货 到店 到访 到账 后续 后面 再说 再次 过来 过去", Word(Kind.OTHER)),
    ]
)

ZONES = "北京|当地|本地|对方|客户|他们|我们|东部|西部|美国|欧洲"
"""Before 时间 these make the hour one of another place."""

DIGITS = "零〇一二两三四五六七八九"
_VALUES = {**{digit: value for value, digit in enumerate("零一二三四五六七八九")}, "〇": 0, "两": 2}
_SCALES = {"十": 10, "百": 100}
NUMERALS = DIGITS + "".join(_SCALES)


def numeral(text: str) -> int | None:
    """The number that Chinese numerals say: 十五, 两, 一百二十, 零五, 二零二六.

    None for what is no clear number: 三四 is "three or four", not thirty-four.
    """
    figures = text[1:] if len(text) == 2 and text[0] in "零〇" else text
    if len(figures) in (1, 4) and all(figure in _VALUES for figure in figures):
        return int("".join(str(_VALUES[figure]) for figure in figures))
    total, digit, smallest = 0, None, 1000
    for figure in figures:
        if figure in _SCALES:
            scale = _SCALES[figure]
            if scale >= smallest or digit == 0:
                return None
            total, digit, smallest = total + (1 if digit is None else digit) * scale, None, scale
        elif digit:
            return None
        else:
            digit = _VALUES[figure]
    return total + (digit or 0) if smallest < 1000 else None


SIMPLIFIED = str.maketrans(
    "點時鐘鍾週禮號個兩過間後這現約聖國慶勞動節誕還裡裏當雙訪賬貨說",
    "点时钟钟周礼号个两过间后这现约圣国庆劳动节诞还里里当双访账货说",
)
"""Traditional characters of these words to simplified ones, each to one, so that places in the text stay."""
