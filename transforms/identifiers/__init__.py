"""Who is the same person: identifiers cleaned, checked and turned into one exact 64-bit person key."""

from transforms.identifiers.identify import KINDS, identify

__all__ = ["KINDS", "identify"]
