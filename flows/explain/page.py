"""What an explanation is laid out from, and how anything in it is named: in which language, by which policy."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import policy
from flows.explain.members import Member, members_of
from flows.explain.reading import Told
from flows.explain.words import speaker
from flows.labels import LISTED, label


@dataclass(frozen=True)
class Page:
    """What is laid out, in which language, and the policies (by id) that the decisions name, None where not to be had."""

    told: Told
    lang: str
    policies: Mapping[str, policy.Policy | None]

    @cached_property
    def say(self):
        return speaker(self.lang)

    @cached_property
    def of_overlap(self) -> dict[str | None, list[dict]]:
        """overlap_id (None: what stands for all) -> its decisions."""
        found: dict[str | None, list[dict]] = {}
        for d in self.told.decisions:
            found.setdefault(d["overlap_id"], []).append(d)
        return found

    @cached_property
    def members(self) -> dict[str, Member]:
        return members_of(self.told)

    def named(self, enrollment_id: str) -> str:
        """An enrollment with its standing and the one that it is part of."""
        m = self.members[enrollment_id]
        part_of = m.part_of and self.say("part_of", whole=self.id(m.part_of))
        return " ".join(filter(None, [self.id(enrollment_id), self.standing(m), part_of]))

    def standing(self, m: Member) -> str:
        """Its scheme, what kind of work it rests on, its area, and when its benefits begin, if later."""
        scheme = m.scheme and self.word("scheme", m.scheme)
        work = m.standing and self.word("standing", m.standing)
        waits = m.waits_until and self.say("benefits_from", day=m.waits_until)
        return " ".join(filter(None, [scheme, work, m.area, waits]))

    @property
    def comma(self) -> str:
        return "，" if self.lang == "zh" else ", "

    @property
    def colon(self) -> str:
        return "：" if self.lang == "zh" else ": "

    def action(self, d: Mapping) -> str:
        """The action, and what the rule would have done where that is another."""
        told = self.word("action", d["action"])
        if not d["would_be"]:
            return told
        would = self.say("would_have" if d["action"] == "none" else "would_be", action=self.word("action", d["would_be"]))
        return f"{told}（{would}）" if self.lang == "zh" else f"{told} ({would})"

    def dated(self, d: Mapping) -> str:
        """The day of a decision in words: that of `tolerate` is the one on which it ends."""
        return self.say("until" if d["action"] == "tolerate" else "effective", day=d["effective_date"])

    def period(self, starts: date, ends: date | None) -> str:
        """``ends``: the first day after it; None where it is open."""
        return self.say("from_to" if ends else "from_on", starts=starts, ends=ends)

    def word(self, kind: str, code) -> str:
        return label(self.lang, kind, code)

    def rule(self, rule_id: str, policy_id: str | None = None) -> str:
        """Title of a rule; its id where no policy in hand has it."""
        for rules in [self.policies.get(policy_id)] if policy_id else self.policies.values():
            if rules and rule_id in rules.rules:
                rule = rules.rules[rule_id]
                return rule.title_zh if self.lang == "zh" else rule.title_en
        return rule_id

    def clause(self, d: Mapping) -> str:
        """The clause as published; with the full name of the document in Chinese where the policy has it."""
        rules = self.policies.get(d["policy_id"])
        rule = rules.rules.get(d["rule_id"]) if rules else None
        return rule.clause_zh if self.lang == "zh" and rule and rule.clause == d["clause"] else d["clause"]

    def ids(self, enrollment_ids) -> str:
        return LISTED[self.lang].join(self.id(i) for i in enrollment_ids)

    def id(self, enrollment_id: str) -> str:
        return f"{enrollment_id}*" if enrollment_id == self.told.asked else enrollment_id
