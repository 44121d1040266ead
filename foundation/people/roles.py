"""The roles of the house, and what each may read (CONTRACT §1; DOMAIN §8.1, §15)."""

from __future__ import annotations

ROLES = {
    "applicant": "申请单位",
    "clerk": "经办人",
    "section_chief": "科长",
    "bureau_leader": "局领导",
    "approver": "批准机关",
    "expert": "专家",
    "inspector": "联检员",
    "caretaker": "界线管护员",
    "heritage_officer": "地名文化经办人",
    "city_officer": "市局经办人",
    "archivist": "档案员",
    "auditor": "审计员",
    "administrator": "系统管理员",
}
"""Machine name → the word on the screen."""

READS_CASES = frozenset({"clerk", "section_chief", "bureau_leader", "city_officer", "archivist", "auditor"})
"""Who reads every naming case within the scope of the grant; an approver reads what comes to the organ to decide."""

ORGAN_KINDS = {
    "civil_affairs": "民政局",
    "government": "人民政府",
    "housing": "住房和城乡建设局",
    "transport": "交通运输局",
    "water": "水利局",
    "culture": "文化广电和旅游局",
    "other": "其他单位",
}
"""Kinds of organs, with the words that usually end their names."""
