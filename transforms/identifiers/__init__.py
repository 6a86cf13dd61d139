"""Who is the same person: identifiers cleaned, checked and turned into one exact 64-bit person key."""

from transforms.identifiers.flags import FLAGS
from transforms.identifiers.identify import identify
from transforms.identifiers.kinds import KINDS

__all__ = ["FLAGS", "KINDS", "identify"]
