"""What is said on the demo's calls, in the customer's language: notes, feedback, objections, purposes."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

Said = tuple[str, str, str]
"""Note, the customer's feedback, objection tag."""

TALKS_ZH: Mapping[str, tuple[Said, ...]] = {
    "E": (
        ("找到负责人,对{product}愿意了解", "可以聊,别太久", ""),
        ("前台转到本人,目前用{systems}", "现在的还凑合", "content"),
        ("客户正忙,同意下次细谈", "这两天盘点,过两天再说", "no_time"),
        ("介绍了同行做法,客户听完了", "你们还做这个?", "no_trust"),
        ("客户是老板的助理,会转达", "资料先发我看看", ""),
    ),
    "D": (
        ("问出需求:{need}", "{need}", ""),
        ("现在用{systems},最头疼的是对账", "每个月都要加班", ""),
        ("客户也在看{competitor}", "要货比三家", "comparing"),
        ("聊了十分钟,痛点清楚,缺预算信息", "今年预算紧", "no_budget"),
        ("要求先发资料,已约好下次再发", "有案例吗?", ""),
    ),
    "C": (
        ("按客户数据算了账,客户认可方向", "思路是对的,要看价格", "price"),
        ("讲了同行案例,客户想见老用户", "能不能去参观一家", "no_trust"),
        ("摸清决策链:{decider}", "这事得{decider}", ""),
        ("预算大约{budget},年内可用", "预算{budget}左右", ""),
        ("{competitor}上周来演示过,界面不错但贵", "你们比他们强在哪?", "comparing"),
    ),
    "B": (
        ("对价格有异议,要求增加3个月免费维护", "价格再让一点", "price"),
        ("同意方案,法务在看合同", "条款没大问题", ""),
        ("老板参加了电话会,问得很细", "什么时候能上线?", ""),
        ("{competitor}降价了,客户在犹豫", "他们便宜一成", "comparing"),
        ("付款方式谈到三七,等财务回话", "财务要研究一下", ""),
    ),
    "A": (
        ("口头定了,合同已发,等盖章", "章在总部,周五能盖", ""),
        ("开票资料已收,差银行账号", "下午发给你", ""),
        ("内部流程走到财务,还差一级", "快了,再等两天", "no_time"),
        ("签字页已回传,等首付款", "今天安排付款", ""),
    ),
    "won": (
        ("回访:运行正常,员工上手了", "比想象的好用", ""),
        ("回访:问了两个操作问题,当场解决", "服务不错", ""),
        ("回访并请客户转介绍,给了一个名字", "我问问隔壁厂", ""),
    ),
}
TALKS_EN: Mapping[str, tuple[Said, ...]] = {
    "E": (
        ("right person, will listen about {product}", "fine, but keep it short", ""),
        ("put through; they use {systems} today", "what we have is good enough", "content"),
        ("busy, agrees to a proper talk", "stocktaking this week, try me after", "no_time"),
        ("told how others in the trade do it", "I did not know you did that", "no_trust"),
        ("assistant, passes it on to the owner", "send me something to read", ""),
    ),
    "D": (
        ("need in their words: {need}", "{need}", ""),
        ("uses {systems}; the month's end hurts most", "we work late every month", ""),
        ("compares {competitor}", "we will look at three of you", "comparing"),
        ("ten minutes, trouble is clear, budget is not", "money is tight this year", "no_budget"),
        ("asks for an offer; next call agreed first", "do you have a reference?", ""),
    ),
    "C": (
        ("reckoned with their figures, agrees with the way", "right idea, depends on the price", "price"),
        ("told the case, wants to see a customer", "could we visit one?", "no_trust"),
        ("who decides: {decider}", "that goes to {decider}", ""),
        ("budget about {budget}, free this year", "{budget} or so", ""),
        ("{competitor} showed theirs last week, liked, but dear", "where are you better?", "comparing"),
    ),
    "B": (
        ("objects to price, asked for free maintenance", "give us three months and we talk", "price"),
        ("agrees if maintenance is free for 3 months, sends contract to legal", "no big trouble with the terms", ""),
        ("the owner joined the call and asked a lot", "when could it run?", ""),
        ("{competitor} went down in price, they waver", "they are ten per cent cheaper", "comparing"),
        ("30/70 payment, waiting for finance", "finance has to look at it", ""),
    ),
    "A": (
        ("agreed by word, contract sent, waits for the signature", "signed on Friday, I think", ""),
        ("billing address is here, bank account is missing", "you get it this afternoon", ""),
        ("one more approval inside", "nearly there, two more days", "no_time"),
        ("signed page is back, first payment open", "we pay today", ""),
    ),
    "won": (
        ("return call: it runs, the staff took to it", "better than I thought", ""),
        ("return call: two questions, answered at once", "good service", ""),
        ("return call; asked for a referral, got a name", "let me ask next door", ""),
    ),
}

SHORT_ZH = {
    "callback": ("现在不方便,约好时间再打", "在开会,客户自己说了时间", "请我按约定时间打来"),
    "gatekeeper": ("前台说在开会", "前台不转接,留了姓名", "助理接的,说下午在"),
    "machine": ("语音信箱,没有留言", "转语音信箱,留了一句话"),
    "refused": ("明确说不需要", "已经选了别家", "说以后不要再推销这个产品"),
    "do_not_call": ("要求不要再打电话", "语气很不高兴,要求删除号码"),
    "wrong_number": ("空号", "号码是别人的"),
    "sent": ("发了同行案例", "报价单已发", "发了产品介绍和地址"),
    "meeting": ("展位上见过面,拿了资料", "研讨会后交换了名片"),
    "inbound": ("客户主动来电,问{product}",),
}
SHORT_EN = {
    "callback": ("bad moment, agreed a time", "in a meeting, named a time", "asked me to call as agreed"),
    "gatekeeper": ("front desk: in a meeting", "not put through, left my name", "assistant: back after lunch"),
    "machine": ("voicemail, no message", "voicemail, left a line"),
    "refused": ("clear no", "has chosen another", "does not want this product"),
    "do_not_call": ("asked never to be called again", "angry, wants the number gone"),
    "wrong_number": ("dead number", "belongs to somebody else"),
    "sent": ("sent case study", "sent the offer", "sent brochure and address"),
    "meeting": ("met at stand, brochure", "cards exchanged after the seminar"),
    "inbound": ("called us, asks about {product}",),
}

PURPOSES = {
    "E": (("找到负责人", "find who decides"), ("争取两分钟", "earn two minutes")),
    "D": (("问出需求", "find the need"), ("确认现状和痛点", "how it is done today")),
    "C": (("确认预算和决策人", "budget and decider"), ("讲同行案例", "tell the case of the trade")),
    "B": (("谈价格和时间", "price and date"), ("化解异议", "clear the objection")),
    "A": (("催签合同", "get it signed"), ("核对开票资料", "complete the paperwork")),
    "won": (("定期回访", "return call"),),
}
BRINGS = (("同行案例", "case study"), ("报价单", "offer"), ("合同", "contract"), ("演示账号", "demo log-in"), ("", ""))

BACK = (("客户换了负责人,重新沟通", "new contact, start over"), ("预算被砍,退回上一级", "budget was cut"))
SKIP = (("客户自己提出要方案", "asked for a plan at once"),)
REOPEN = (
    ("新财年有预算了", "new budget year"),
    ("客户主动来电", "called us again"),
    ("竞品没做成", "the rival failed"),
)


def pick(texts: tuple[tuple[str, str], ...], is_chinese: bool, rng: Random) -> str:
    """One of the texts in the customer's language."""
    return rng.choice(texts)[0 if is_chinese else 1]


def talk(stage: str, facts: Mapping[str, object], is_chinese: bool, rng: Random) -> Said:
    """Note, feedback and objection of a talk in that stage."""
    note, feedback, tag = rng.choice((TALKS_ZH if is_chinese else TALKS_EN)[stage])
    return note.format_map(facts), feedback.format_map(facts), tag


def short(outcome: str, facts: Mapping[str, object], is_chinese: bool, rng: Random) -> str:
    """The note of a touch that was no talk; most misses have none."""
    texts = (SHORT_ZH if is_chinese else SHORT_EN).get(outcome, ())
    return rng.choice(texts).format_map(facts) if texts else ""
