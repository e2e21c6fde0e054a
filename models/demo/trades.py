"""What the demo's customers do, what they need and what they are sold; competitors and products are made up."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trade:
    """An industry: its names, what its companies are called, and the size of a usual deal."""

    zh: str
    en: str
    names_zh: tuple[str, ...]
    names_en: tuple[str, ...]
    share: float
    deal: int
    """Median amount of a deal, in yuan."""
    spread: float
    """Sigma of the log-normal amount."""


def _trade(zh: str, en: str, names_zh: str, names_en: str, share: float, deal: int, spread: float) -> Trade:
    return Trade(zh, en, tuple(names_zh.split()), tuple(names_en.split()), share, deal, spread)


TRADES = (
    _trade("机械制造", "Machinery", "机械 重工 精密机械 机电", "Machinery Tools Bearings Engineering", 15, 95_000, 0.8),
    _trade("物流", "Logistics", "物流 供应链 货运 仓储", "Logistics Freight Haulage Shipping", 12, 70_000, 0.7),
    _trade("食品", "Food", "食品 粮油 乳业 饮料", "Foods Bakery Dairy Provisions", 11, 48_000, 0.7),
    _trade("教育", "Education", "教育科技 培训 文化传播", "Academy Learning Tutors", 8, 30_000, 0.6),
    _trade("医疗", "Medical", "医疗器械 医药 生物科技", "Dental Medical Pharma Labs", 10, 110_000, 0.9),
    _trade("零售", "Retail", "商贸 百货 连锁超市", "Retail Stores Outfitters Market", 11, 35_000, 0.7),
    _trade("建材", "Building", "建材 装饰 建筑工程", "Building Timber Glass Construction", 10, 80_000, 0.9),
    _trade("电子", "Electronics", "电子 半导体 光电", "Electronics Circuits Optics", 10, 120_000, 0.8),
    _trade("酒店餐饮", "Hospitality", "酒店 餐饮管理 旅游", "Hotel Kitchens Travel Resort", 6, 26_000, 0.6),
    _trade("纺织服装", "Textiles", "纺织 服饰 制衣", "Textiles Garments Weaving", 7, 42_000, 0.7),
)

PRODUCTS = (
    ("进销存标准版", "Stock control, standard"),
    ("进销存专业版", "Stock control, professional"),
    ("生产管理套件", "Production suite"),
    ("仓储条码系统", "Warehouse barcodes"),
    ("财务云", "Finance cloud"),
    ("客户管理云", "Customer cloud"),
    ("设备维保服务", "Maintenance plan"),
    ("采购协同平台", "Purchasing portal"),
)

NEEDS = (
    ("采购成本要降20%,质保6个月", "purchasing cost −20 %, 6-month warranty"),
    ("库存对不上账,月底盘点要三天", "stock never matches the books, three days to count it each month"),
    ("订单靠微信接,经常漏单", "orders come by chat and some get lost"),
    ("三个分仓数据不通", "three warehouses that do not know of each other"),
    ("手工报价太慢,客户等不及", "quotes are made by hand and customers do not wait"),
    ("财务和业务两套账", "sales and accounting keep two sets of books"),
    ("设备停机没人知道原因", "machines stop and nobody knows why"),
    ("销售离职就丢客户", "customers leave together with the sales people"),
    ("批次追溯要应付审计", "batches have to be traced for the audit"),
    ("老系统明年停止服务", "the old system loses its support next year"),
    ("想要手机上看当天数据", "wants the day's figures on the phone"),
    ("交货期总是说不准", "delivery dates are guesses"),
)

SYSTEMS = (
    ("Excel 表格", "spreadsheets"),
    ("老版单机软件", "an old desktop program"),
    ("自己开发的系统", "something built in-house"),
    ("云帆管家", "Cloudsail"),
    ("没有系统", "paper"),
)

COMPETITORS = (
    ("云帆软件", "Cloudsail"),
    ("恒算科技", "Tallywise"),
    ("北斗易账", "Ledgerly"),
    ("智仓", "Stockhaus"),
    ("本地小公司", "a local shop"),
)

OBSTACLES = (
    ("价格偏高,希望送3个月维护", "price; wants 3 months free maintenance"),
    ("要等年度预算批下来", "waits for the yearly budget"),
    ("IT 部门担心数据迁移", "IT fears the data migration"),
    ("正在和竞品对比", "compares us with a rival"),
    ("老板还没表态", "the owner has not said yes"),
    ("担心员工不会用", "fears that the staff will not use it"),
    ("合同条款要法务过", "the contract has to pass legal"),
)

PLANS = (
    ("发同行案例,约老板电话会", "send a case of the trade, get the owner on the line"),
    ("按客户数据算投资回报", "reckon the return with their own figures"),
    ("安排演示,带上技术", "arrange a demo with an engineer"),
    ("报两个方案让他选", "offer two choices"),
    ("约下周二上门", "visit on Tuesday next week"),
)

TITLES = (
    ("采购经理", "purchasing manager", "executor"),
    ("采购总监", "head of purchasing", "approver"),
    ("总经理", "managing director", "decider"),
    ("老板", "owner", "decider"),
    ("财务总监", "finance director", "approver"),
    ("信息主管", "IT manager", "executor"),
    ("仓库主管", "warehouse manager", "user"),
    ("运营总监", "head of operations", "approver"),
    ("厂长", "plant manager", "user"),
    ("行政主管", "office manager", "executor"),
)

DECIDERS = (
    ("{person}本人", "{person} alone"),
    ("总经理,财务先看", "the managing director, after finance"),
    ("老板一个人定", "the owner alone"),
    ("采购委员会三个人", "a board of three"),
    ("集团总部审批", "the group's head office"),
)

TIMINGS = (
    ("这个季度", "this quarter"),
    ("下个月", "next month"),
    ("年底前", "before the year ends"),
    ("不急", "no hurry"),
)
BEST_TIMES = (("上午十点左右", "around ten"), ("下午三点以后", "after three"), ("午饭前", "before lunch"))
