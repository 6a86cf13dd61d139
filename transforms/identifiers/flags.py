"""What was done to a number on its way to its canonical form: one bit of ``id_flags`` each.

``FLAGS[n]`` is the name of bit n. The first two change who is matched with how much confidence; then come the repairs of
what typing, copying and spreadsheets do; the rest tell a clerk where to look.
"""

#: Name of each bit -> what it says.
MEANINGS = {
    "derived_from_15": "the 15 digits of before 1999, turned into 18",
    "type_corrected": "the number belongs to another kind than the stated one; the number won",
    "width": "full-width or other compatibility characters",
    "spaces": "spaces, line ends, zero-width and other invisible characters",
    "wrappers": "quotation marks, backticks and equals signs of spreadsheets and dumps",
    "separators": "hyphens, dots, slashes and commas between or behind the characters; a decimal .0",
    "case": "lower-case letters, and look-alikes of X in last place",
    "prefix": "G or L of a student number, HKG, MAC or TWN of a social-security number",
    "embedded": "the first 18 characters of a longer number, such as a disability card",
    "reissue": "the digits with which a travel permit counts its reissues, dropped",
    "unusual_form": "accepted, though not of the form its kind usually has",
    "no_nationality": "a foreign passport without a nationality: the number alone, which other countries may use too",
}
FLAGS = tuple(MEANINGS)
FLAG_BIT = {flag: 1 << bit for bit, flag in enumerate(FLAGS)}

TYPE_CORRECTED = FLAG_BIT["type_corrected"]
