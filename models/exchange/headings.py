"""What headings mean, in English and Chinese, as lists, other systems and the trade's own sheets write them."""

from __future__ import annotations

import re

STAGE, STAGE_DAYS, REASON, NEXT_AT = "stage", "days", "reason", "next_at"
FIRST_TOUCH, LAST_TOUCH, TOUCH_KIND, TOUCH_NOTE, TOUCH_OUTCOME, TOUCH_SECONDS, CLOSED_AT = (
    "first touch", "last touch", "touch kind", "touch note", "touch outcome", "touch seconds", "closed at",
)  # fmt: skip
PHONE_CODE, FIRST_NAME, MIDDLE_NAME, LAST_NAME, IGNORED = (
    "phone code", "first name", "middle name", "last name", "ignored",
)  # fmt: skip
ADDRESS_PARTS = ("address1", "address2", "address3", "city", "state", "province", "postal_code", "zip", "street")

WORDS: dict[str, str] = {
    "code": "线索编号 编号 客户编号 客户编码 线索号 leadid leadno leadnumber leadcode code id vendorleadcode "
    "recordid customerid",
    "company": "客户名称 公司 公司名称 企业 企业名称 单位 单位名称 客户单位 客户全称 公司全称 客户公司 商户名称 "
    "店铺名称 客户 机构名称"
    " company companyname account accountname organisation organization organisationname organizationname firm business"
    " businessname customer customername employer organisationname",
    "person": "联系人 联系人姓名 姓名 客户姓名 称呼 负责人姓名 法人 法定代表人 法人代表 联络人"
    " person contact contactname name fullname contactperson leadname customercontact",
    "title": "职务 职位 岗位 头衔 title jobtitle position job role",
    "number": "电话 联系电话 手机 手机号 手机号码 电话号码 联系方式 联系手机 移动电话 座机 固定电话 固话 "
    "有效手机号 办公电话 号码"
    " phone phonenumber telephone tel mobile mobilephone cell cellphone number phoneno contactphone contactphonenumber"
    " workphone businessphone primaryphone mobileno telephonenumber phone1 msisdn",
    "number2": "电话2 手机2 备用电话 其他电话 更多电话 更多号码 altphone phone2 otherphone homephone "
    "secondaryphone alternatephone",
    "number3": "电话3 手机3 phone3",
    "email": "邮箱 电子邮箱 电子邮件 邮件地址 email emailaddress mail e-mail",
    "industry": "行业 所属行业 行业类别 行业分类 客户行业 industry sector trade vertical",
    "source": "来源 线索来源 客户来源 渠道 来源渠道 获客渠道 source leadsource channel origin",
    "need": "需求 客户需求 客户需求痛点 需求痛点 痛点 需求描述 首次需求 初步需求 need needs requirement "
    "requirements interest"
    " comments comment notes note remarks remark 备注 说明 描述 description",
    "product": "产品 意向产品 计划销售的产品 计划销售产品 产品名称 感兴趣产品 需求产品 product productinterest "
    "interestedin",
    "amount": "预计成交金额 预计成交额 预计金额 金额 商机金额 预计购买金额 成交金额 销售金额 合同金额 预计签单金额"
    " amount value dealvalue dealamount expectedamount expectedrevenue estimatedvalue opportunityamount revenue",
    "margin": "毛利 预计毛利 利润 margin profit expectedmargin",
    "units": "销售套数 套数 数量 台数 units quantity qty",
    "expected_on": "预计成交日期 预计成交时间 预计签单日期 预计签约日期 预计购买时间 预计签约时间"
    " expectedclose expectedclosedate closedate closingdate expectedon expectedclosing",
    "address": "地址 公司地址 详细地址 注册地址 通讯地址 客户地址 单位地址 address fulladdress mailingaddress",
    "business": "主业 主营业务 主营 经营范围 主营产品 mainbusiness businessscope",
    "budget": "预算 budget",
    "systems": "管理软件应用状况 现有系统 使用软件 软件应用状况 systems currentsystem",
    "competitor": "竞争对手 竞品 competitor competitors",
    "obstacle": "成交障碍 障碍 成交障碍行动计划 obstacle obstacles",
    "plan": "行动计划 下一步计划 下一步行动 plan actionplan nextstep nextsteps",
    "decider": "决策人 决策者 拍板人 decider decisionmaker",
    "part": "角色 采购角色 part buyingrole",
    "owner": "负责人 业务员 销售 销售代表 销售人员 跟进人 所属人 归属人 所属销售 客户经理 销售负责人"
    " owner leadowner accountowner assignedto assignee salesrep agent salesperson",
    "obtained_at": "获取时间 线索时间 创建时间 登记时间 录入时间 获得时间 时间 日期 obtainedat created "
    "createdat createddate"
    " datecreated createtime entrydate registered date",
    STAGE: "阶段 所属阶段 销售阶段 当前阶段 客户阶段 漏斗阶段 状态 意向级别 意向等级 stage leadstage dealstage "
    "salesstage pipelinestage",
    STAGE_DAYS: "当前阶段停留时长 停留时长 停留天数 阶段停留时长 daysinstage stagedays",
    REASON: "丢单原因 失败原因 无效原因 输单原因 lossreason lostreason reason",
    NEXT_AT: "下次跟进时间 预约回拨时间 下次联系时间 回拨时间 下次回访时间 预约时间 nextcall nextcontact "
    "callback callbackat"
    " nextfollowup nextactivity",
    FIRST_TOUCH: "首次接触时间 首次接触日期 首次联系时间 首次跟进时间 firstcontact firstcontacted "
    "firstcontactdate firsttouch",
    LAST_TOUCH: "最近跟进时间 最后跟进时间 最近联系时间 最近跟进日期 上次跟进时间 最近通话时间 lastcontact "
    "lastcontacted lastcontactdate"
    " lastactivity lastcall lasttouch lastfollowup",
    TOUCH_KIND: "跟进方式 联系方法 跟进类型 touchkind activitytype contacttype",
    TOUCH_NOTE: "跟进内容摘要 跟进内容 跟进记录 最近跟进内容 沟通内容 touchnote lastnote calllog",
    TOUCH_OUTCOME: "通话结果 跟进结果 呼叫结果 拨打结果 disposition outcome callresult calloutcome lastoutcome",
    TOUCH_SECONDS: "通话时长 通话秒数 talktime callduration duration",
    CLOSED_AT: "成交日期 成交时间 签约日期 丢单日期 关闭时间 closedat closeddate wondate lostdate",
    PHONE_CODE: "区号 国家代码 国际区号 国家区号 phonecode countrycallingcode dialcode",
    FIRST_NAME: "名 firstname givenname forename",
    MIDDLE_NAME: "middleinitial middlename",
    LAST_NAME: "姓 lastname surname familyname",
    IGNORED: "序号 转化率阶段通过率 转化率 阶段通过率 成功率 no index row rowid listid sourceid gender 性别 "
    "dateofbirth 生日 出生日期"
    " securityphrase rank listname conversionstagepassrate",
    **{part: part.replace("_", "") for part in ADDRESS_PARTS},
}
MEANINGS = {word: meaning for meaning, words in WORDS.items() for word in words.split()}
COMBINED = re.compile(r"^([^/／]+)[/／]([^/／]+)$")
IN_BRACKETS = re.compile(r"[(（\[【]([^)）\]】]*)[)）\]】]")
NOISE = re.compile(r"[\s_\-.:：*#'\"“”、/／,，?？]+")
UNITS = {"万元": "万元", "万": "万元", "10,000s": "万元", "元": "元", "亿": "亿", "亿元": "亿"}


def meaning(heading: str) -> str:
    """What a heading means; nothing when it is not known.

    >>> meaning("预计成交金额(万元)"), meaning("Phone Number"), meaning("客户需求/痛点"), meaning("colour")
    ('amount', 'number', 'need', '')
    """
    return MEANINGS.get(bare(heading), "")


def bare(heading: str) -> str:
    """A heading without blanks, signs, brackets and case."""
    return NOISE.sub("", IN_BRACKETS.sub("", heading.replace("\x00", ""))).casefold()


def both(heading: str) -> tuple[str, str] | None:
    """The two meanings of a heading that names two: '客户名称/联系人'."""
    found = COMBINED.match(heading.strip())
    if found is None or meaning(heading):
        return None
    first, second = meaning(found[1]), meaning(found[2])
    return (first, second) if first and second and first != second else None


def unit(heading: str) -> str:
    """The unit that stands in a heading's brackets: 万元."""
    found = IN_BRACKETS.search(heading)
    return UNITS.get(found[1].strip(), "") if found else ""
