"""English words that moments are said with. Keys are lower case, without apostrophes, single spaces between words."""

from __future__ import annotations

from models.when.words import Kind, Word, each, row

WORDS: dict[str, Word] = dict(
    [
        # figures
        *row(Kind.NUMBER, 0, "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
        *row(Kind.NUMBER, 11, "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
        *row(Kind.NUMBER, 18, "eighteen", "nineteen", "twenty"),
        *((word, Word(Kind.NUMBER, ten)) for word, ten in (("thirty", 30), ("forty", 40), ("fifty", 50))),
        *each("couple", Word(Kind.NUMBER, 2)),
        *row(Kind.ORDINAL, 1, "first", "second", "third", "fourth", "fifth"),
        *each("a an", Word(Kind.ARTICLE, 1)),
        *each("half", Word(Kind.HALF)),
        *each("quarter quarters", Word(Kind.QUARTER, 15, "quarter")),
        # times
        *each("am", Word(Kind.MERIDIEM, 0, "am")),
        *each("pm", Word(Kind.MERIDIEM, 12, "pm")),
        *each("noon midday lunch lunchtime", Word(Kind.NOON, 12, "noon")),
        *each("midnight", Word(Kind.NOON, 0, "midnight")),
        *each("morning mornings", Word(Kind.PART, name="morning")),
        *each("afternoon", Word(Kind.PART, name="afternoon")),
        *each("evening eve", Word(Kind.PART, name="evening")),
        *each("night", Word(Kind.PART, name="night")),
        *each("eod cob", Word(Kind.PART, name="close")),
        *each("oclock sharp ish", Word(Kind.OCLOCK)),
        *each("past", Word(Kind.PAST)),
        *each(
            "utc gmt est edt cst cdt mst mdt pst pdt et ct pt cet cest bst ist jst hkt sgt aest msk", Word(Kind.ZONE)
        ),
        # days
        *each("now", Word(Kind.NOW)),
        *each("yesterday", Word(Kind.NAMED, -1)),
        *each("today", Word(Kind.NAMED, 0)),
        *each("tomorrow tmrw tmr tmw tomorow tommorow tommorrow", Word(Kind.NAMED, 1)),
        *each("tonight tonite", Word(Kind.NAMED_PART, 0, "night")),
        *row(Kind.WEEKDAY, 0, "monday mon", "tuesday tue tues", "wednesday wed weds", "thursday thu thur thurs"),
        *row(Kind.WEEKDAY, 4, "friday fri", "saturday sat weekend", "sunday sun"),
        *row(Kind.MONTH, 1, "january jan", "february feb", "march mar", "april apr", "may", "june jun"),
        *row(Kind.MONTH, 7, "july jul", "august aug", "september sep sept", "october oct", "november nov"),
        *row(Kind.MONTH, 12, "december dec"),
        *each("christmas xmas", Word(Kind.HOLIDAY, 1225)),
        *each("halloween", Word(Kind.HOLIDAY, 1031)),
        *each("end", Word(Kind.EDGE, name="end")),
        *each("start beginning early", Word(Kind.EDGE, name="start")),
        *each("late", Word(Kind.EDGE, name="late")),
        *each("mid middle", Word(Kind.EDGE, name="mid")),
        *each("eow", Word(Kind.CLOSE, name="week")),
        *each("eom", Word(Kind.CLOSE, name="month")),
        *each("eoq", Word(Kind.CLOSE, name="quarter")),
        *each("eoy", Word(Kind.CLOSE, name="year")),
        # distances
        *each("seconds sec secs", Word(Kind.UNIT, name="second")),
        *each("minute minutes min mins", Word(Kind.UNIT, name="minute")),
        *each("hour hours hr hrs", Word(Kind.UNIT, name="hour")),
        *each("day days", Word(Kind.UNIT, name="day")),
        *each("workday workdays", Word(Kind.UNIT, name="workday")),
        *each("week weeks wk wks", Word(Kind.UNIT, name="week")),
        *each("fortnight fortnights", Word(Kind.UNIT, name="fortnight")),
        *each("month months", Word(Kind.UNIT, name="month")),
        *each("year years yr yrs", Word(Kind.UNIT, name="year")),
        *each("later hence", Word(Kind.LATER)),
        *each("ago earlier", Word(Kind.AGO)),
        *each("next", Word(Kind.NEXT, 1, "next")),
        *each("this", Word(Kind.NEXT, 0, "this")),
        *each("coming upcoming", Word(Kind.NEXT, 1, "coming")),
        *each("last previous", Word(Kind.NEXT, -1, "last")),
        *each("time", Word(Kind.TIME)),
        # between
        *each("at around about approx circa by", Word(Kind.AT)),
        *each("on", Word(Kind.ON)),
        *each("in", Word(Kind.IN)),
        *each("of", Word(Kind.OF)),
        *each("the", Word(Kind.THE)),
        *each("and", Word(Kind.AND)),
        *each("from", Word(Kind.FROM)),
        *each("after", Word(Kind.FROM, name="after")),
        *each("to", Word(Kind.TO, name="to")),
        *each("or", Word(Kind.OR)),
        *each("before until till til not except", Word(Kind.TURN)),
    ]
)
"""Single words."""

PHRASES: dict[str, Word] = {
    "right now": Word(Kind.NOW),
    "a couple of": Word(Kind.NUMBER, 2),
    "a couple": Word(Kind.NUMBER, 2),
    "couple of": Word(Kind.NUMBER, 2),
    "after lunch": Word(Kind.NOON, 13, "noon"),
    "early morning": Word(Kind.PART, name="early"),
    "late morning": Word(Kind.PART, name="morning"),
    "early afternoon": Word(Kind.PART, name="afternoon"),
    "late afternoon": Word(Kind.PART, name="close"),
    "early evening": Word(Kind.PART, name="evening"),
    "late evening": Word(Kind.PART, name="night"),
    "first thing": Word(Kind.PART, name="opening"),
    "close of business": Word(Kind.PART, name="close"),
    "end of business": Word(Kind.PART, name="close"),
    "business day": Word(Kind.UNIT, name="workday"),
    "business days": Word(Kind.UNIT, name="workday"),
    "working day": Word(Kind.UNIT, name="workday"),
    "working days": Word(Kind.UNIT, name="workday"),
    "weeks time": Word(Kind.UNIT, name="week"),  # "in two weeks' time"
    "days time": Word(Kind.UNIT, name="day"),
    "months time": Word(Kind.UNIT, name="month"),
    "new years eve": Word(Kind.HOLIDAY, 1231),
    "new year eve": Word(Kind.HOLIDAY, 1231),
    "new years day": Word(Kind.HOLIDAY, 101),
    "new year day": Word(Kind.HOLIDAY, 101),
    "new year": Word(Kind.HOLIDAY, 101),
    "christmas eve": Word(Kind.HOLIDAY, 1224),
    "christmas day": Word(Kind.HOLIDAY, 1225),
    "boxing day": Word(Kind.HOLIDAY, 1226),
    "saint patricks day": Word(Kind.HOLIDAY, 317),
    "saint patricks": Word(Kind.HOLIDAY, 317),
    "saint patrick": Word(Kind.HOLIDAY, 317),
    "st patricks day": Word(Kind.HOLIDAY, 317),
    "valentines day": Word(Kind.HOLIDAY, 214),
}
"""Words that mean something else together than apart."""

AFTER_FIGURES: dict[str, Word] = {
    "s": Word(Kind.UNIT, name="second"),
    "m": Word(Kind.UNIT, name="minute"),
    "h": Word(Kind.UNIT, name="hour"),
    "d": Word(Kind.UNIT, name="day"),
    "w": Word(Kind.UNIT, name="week"),
    "mo": Word(Kind.UNIT, name="month"),
    "mos": Word(Kind.UNIT, name="month"),
    "y": Word(Kind.UNIT, name="year"),
}
"""Letters that are units only when they touch the figures before them: 30m, 2h."""

NOT_A_ZONE = (
    "all|another|any|every|first|full|last|long|more|next|no|of|on|our|part|same|second|some|that|the|this|what"
)
"""Words before "time" that do not make the hour before them one of another place."""
