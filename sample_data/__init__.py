"""Seeded extracts of any size with planted truth: invented people whose right outcome is known because it was built in."""
