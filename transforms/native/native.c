/* What is done to every single row of an extract, where a loop over bytes beats whole-column arithmetic: numbers of 18 characters,
   hashes of texts, and look-ups in sets of keys. Plain loops over Arrow buffers; transforms/native/__init__.py says what each is for. */

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Certificate numbers of 18 characters (GB 11643-1999, check character MOD 11-2 of ISO 7064) ------------------------------------ */

enum { RESIDENT_ID, RESIDENCE_PERMIT, FOREIGN_PR };
enum { LENGTH = 18, FIRST_YEAR = 1800, LAST_YEAR = 2100 };

static const int WEIGHTS[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
static const char CHECK_CHARACTERS[] = "10X98765432";
static const int DAYS[13] = {0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

/* The kind that the place says, or -1: 1-7 a resident ID, 810000, 820000, 830000 a residence permit, 9 a foreigner's card. */
static int kind_of(int64_t place) {
    int64_t province = place / 10000;
    if (province >= 10 && province < 80) return RESIDENT_ID;
    if (province >= 90) return FOREIGN_PR;
    return (province >= 81 && province <= 83 && place % 10000 == 0) ? RESIDENCE_PERMIT : -1;
}

static bool is_day(int64_t born) {
    int64_t year = born / 10000, month = born / 100 % 100, day = born % 100;
    if (year < FIRST_YEAR || year >= LAST_YEAR || month < 1 || month > 12 || day < 1 || day > DAYS[month]) return false;
    return !(month == 2 && day == 29) || (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Whether 18 bytes are a number that holds; its first 17 digits, its kind, and whether it ends in x for X. */
static bool holds(const uint8_t *text, int64_t today, int64_t *key, uint8_t *kind, bool *lower) {
    int64_t digits = 0;
    int sum = 0;
    for (int n = 0; n < 17; n++) {
        unsigned digit = text[n] - '0';
        if (digit > 9) return false;
        digits = digits * 10 + digit;
        sum += WEIGHTS[n] * digit;
    }
    uint8_t last = text[17], expected = CHECK_CHARACTERS[sum % 11];
    *lower = last == 'x';
    if ((*lower ? 'X' : last) != expected) return false;
    int64_t born = digits / 1000 % 100000000;
    int of_place = kind_of(digits / 100000000000);
    if (of_place < 0 || born > today || !is_day(born)) return false;
    *key = digits;
    *kind = (uint8_t)of_place;
    return true;
}

/* The one character of `text` that is two or three bytes wide and stands for nothing (0) or for an ASCII letter or digit; -1 for any
   other, which is left to those who know all of Unicode. */
static int folded(const uint8_t *text, int64_t left, int *width) {
    if (left >= 2 && text[0] == 0xC2 && text[1] == 0xA0) return *width = 2, 0; /* no-break space */
    if (left < 3) return -1;
    *width = 3;
    if (text[0] == 0xE3 && text[1] == 0x80 && text[2] == 0x80) return 0;                     /* ideographic space */
    if (text[0] == 0xE2 && text[1] == 0x80 && text[2] >= 0x8B && text[2] <= 0x8F) return 0;  /* zero-width and direction marks */
    if (text[0] == 0xEF && text[1] == 0xBB && text[2] == 0xBF) return 0;                     /* byte-order mark */
    if (text[0] == 0xEF && text[1] == 0xBC && text[2] >= 0x90 && text[2] <= 0x99) return text[2] - 0x90 + '0';
    if (text[0] == 0xEF && text[1] == 0xBC && text[2] == 0xB8) return 'X';
    if (text[0] == 0xEF && text[1] == 0xBD && text[2] == 0x98) return 'x';
    return -1;
}

/* `text` without spaces and with full-width characters folded, if these are 18 characters and all that it needs. */
static bool cleared(const uint8_t *text, int64_t length, uint8_t *out, bool *spaced, bool *wide) {
    int found = 0, width;
    for (int64_t at = 0; at < length; at += width) {
        int c = text[at];
        width = 1;
        if (c <= ' ' || c == 0x7F) c = 0;
        else if (c >= 0x80) {
            c = folded(text + at, length - at, &width);
            if (c < 0) return false;
            *wide |= c > 0;
        }
        *spaced |= c == 0;
        if (c == 0) continue;
        if (found == LENGTH) return false;
        out[found++] = (uint8_t)c;
    }
    return found == LENGTH;
}

void read_numbers(const uint8_t *data, const int32_t *starts, int64_t rows, int64_t today, const uint16_t *bits, int64_t *key,
                  uint8_t *kind, bool *valid, uint16_t *flags) {
    bool repairs = bits[1] | bits[2];
    for (int64_t n = 0; n < rows; n++) {
        const uint8_t *text = data + starts[n];
        int64_t length = starts[n + 1] - starts[n];
        uint8_t clean[LENGTH];
        bool lower = false, spaced = false, wide = false;
        key[n] = 0, kind[n] = 0, valid[n] = false, flags[n] = 0;
        if (length == LENGTH && holds(text, today, &key[n], &kind[n], &lower)) valid[n] = true;
        else if (repairs && length > LENGTH && cleared(text, length, clean, &spaced, &wide))
            valid[n] = holds(clean, today, &key[n], &kind[n], &lower);
        if (valid[n]) flags[n] = (lower ? bits[0] : 0) | (spaced ? bits[1] : 0) | (wide ? bits[2] : 0);
    }
}

/* Hashes ---------------------------------------------------------------------------------------------------------------------- */

static uint64_t folded_product(uint64_t a, uint64_t b) {
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t word(const uint8_t *bytes, int64_t length) {
    uint64_t value = 0;
    memcpy(&value, bytes, length);
    return value;
}

/* Eight bytes at a time, each folded in by a product of 128 bits; the length last, so that no text is the beginning of another. */
static uint64_t hash_of(const uint8_t *text, int64_t length, uint64_t seed) {
    uint64_t state = seed ^ 0x9E3779B97F4A7C15u;
    int64_t at = 0;
    for (; at + 8 <= length; at += 8) state = folded_product(state ^ word(text + at, 8), 0xC2B2AE3D27D4EB4Fu);
    if (at < length) state = folded_product(state ^ word(text + at, length - at), 0xD6E8FEB86659FD93u);
    return folded_product(state ^ (uint64_t)length, 0xA0761D6478BD642Fu);
}

void hash_texts(const uint8_t *data, const int32_t *starts, int64_t rows, uint64_t seed, uint64_t *out) {
    for (int64_t n = 0; n < rows; n++) out[n] = hash_of(data + starts[n], starts[n + 1] - starts[n], seed);
}

void add_at(uint64_t *total, const uint64_t *values, const int32_t *index, int64_t rows) {
    for (int64_t n = 0; n < rows; n++) total[n] += values[index[n]];
}

void take_flags(const bool *values, const int32_t *index, int64_t rows, bool *out) {
    for (int64_t n = 0; n < rows; n++) out[n] = values[index[n]];
}

/* Texts ------------------------------------------------------------------------------------------------------------------------ */

bool is_ascii(const uint8_t *data, int64_t length) {
    uint8_t any = 0;
    for (int64_t n = 0; n < length; n++) any |= data[n];
    return any < 0x80;
}

/* Which texts may need more than taking them as they are: all but those of visible ASCII without e and E (a number in scientific
   notation) and of the common Han characters, U+4000 to U+9FFF, whose first byte is E4 to E9. Empty ones do, too. */
int64_t find_strange(const uint8_t *data, const int32_t *starts, int64_t rows, bool *strange) {
    static uint8_t is_strange[256] = {0};
    for (int b = 0; b < 256; b++)
        is_strange[b] = !((b > ' ' && b < 0x7F && (b | 0x20) != 'e') || (b >= 0x80 && b < 0xC0) || (b >= 0xE4 && b <= 0xE9));
    int64_t found = 0;
    for (int64_t n = 0; n < rows; n++) {
        uint8_t any = starts[n] == starts[n + 1];
        for (int32_t at = starts[n]; at < starts[n + 1]; at++) any |= is_strange[data[at]];
        strange[n] = any;
        found += any;
    }
    return found;
}

/* Sets of keys ------------------------------------------------------------------------------------------------------------------ */

/* Whether each number is in the set: `scrambled` holds its members times `factor`, ascending; `begins` where those with the same
   first `bits` bits begin; `bitmap` has a bit for each such beginning that any has. */
void hold(const uint64_t *asked, int64_t rows, const uint64_t *scrambled, const int32_t *begins, const uint8_t *bitmap, int bits,
          uint64_t factor, bool *held) {
    for (int64_t n = 0; n < rows; n++) {
        uint64_t wanted = asked[n] * factor, slot = wanted >> (64 - bits);
        held[n] = false;
        if (!(bitmap[slot >> 3] >> (slot & 7) & 1)) continue;
        for (int32_t at = begins[slot]; at < begins[slot + 1]; at++) held[n] |= scrambled[at] == wanted;
    }
}
