"""One module per kind of certificate, all with the same functions (kinds.model)."""

from transforms.identifiers.kinds import (
    birth_certificate,
    disability_card,
    foreign_pr,
    hk_macau_permit,
    military,
    other,
    passport,
    residence_permit,
    resident_id,
    social_security_card,
    taiwan_permit,
)

#: In a fixed order: the typed tables hold the position.
MODULES = (
    resident_id, residence_permit, foreign_pr, hk_macau_permit, taiwan_permit, passport, military, disability_card,
    birth_certificate, social_security_card, other,
)  # fmt: skip
KINDS = tuple(module.NAME for module in MODULES)
KIND_CODE = {kind: code for code, kind in enumerate(KINDS)}
