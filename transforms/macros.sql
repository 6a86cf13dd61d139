-- Expressions that several statements share: each stands here once. The engine defines them before the first table is built; a person
-- who tries a statement of transforms/ in a DuckDB shell reads this file first (.read transforms/macros.sql).

-- Months are numbers, year * 12 + (month - 1) (contracts/model.py): the month of a day, the first day of a month, and YYYY-MM.
CREATE MACRO month_of(day) AS year(day) * 12 + month(day) - 1;
CREATE MACRO first_day(month) AS make_date(month // 12, month % 12 + 1, 1);
CREATE MACRO month_text(month) AS printf('%04d-%02d', month // 12, month % 12 + 1);

-- Insurance types of the two basic schemes, 380 and 391 under their old names (rules 1, scheme).
CREATE MACRO is_basic(insutype) AS insutype IN ('310', '390', '380', '391');
CREATE MACRO scheme_of(insutype) AS if(insutype = '310', 'employee', 'resident');
-- Payments of premium: normal ones and those paid afterwards (rules 1.1).
CREATE MACRO is_premium(clct_type) AS clct_type IN ('10', '30', '31', '32');
-- Whether a contribution is paid and not reversed (docs/extracts.md, tax/contribution).
CREATE MACRO is_settled(clct_flag, revs_flag) AS clct_flag IN ('1', '4') AND revs_flag = 'Z';

-- The text of a certificate number: of the 18-character kinds the key with its check character (GB 11643-1999, MOD 11-2; the weights
-- of transforms/identifiers/mod11.py), of the others, whose keys are negative, their canonical form.
CREATE MACRO certificate_number(key, canonical) AS if(key > 0, key || '10X98765432'[1 + (
    key // 10000000000000000 % 10 * 7 + key // 1000000000000000 % 10 * 9 + key // 100000000000000 % 10 * 10 + key // 10000000000000 % 10 * 5
    + key // 1000000000000 % 10 * 8 + key // 100000000000 % 10 * 4 + key // 10000000000 % 10 * 2 + key // 1000000000 % 10 * 1
    + key // 100000000 % 10 * 6 + key // 10000000 % 10 * 3 + key // 1000000 % 10 * 7 + key // 100000 % 10 * 9 + key // 10000 % 10 * 10
    + key // 1000 % 10 * 5 + key // 100 % 10 * 8 + key // 10 % 10 * 4 + key % 10 * 2) % 11], canonical);

-- Whether a text has the form of a resident ID: the number of a flexible worker's or a sole trader's unit may be the person's own.
CREATE MACRO is_resident_id(text) AS
    regexp_full_match(text, '[1-9][0-9]{5}(18|19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]');

-- The birth date that a number of 18 characters says; null for keys of other kinds.
CREATE MACRO birth_date(key) AS if(key > 0, make_date(key // 10000000 % 10000, key // 100000 % 100, key // 1000 % 100), NULL);

-- The six digits of the place where an 18-character number was issued; 000000 for keys of other kinds.
CREATE MACRO issued_at(key) AS if(key > 0, CAST(key // 100000000000 AS VARCHAR), '000000');
-- What a person_id is the keyed hash of: the number where it is unique by itself (18 characters), else kind and number.
CREATE MACRO identifier_text(key, kind, canonical) AS if(key > 0, canonical, kind || ':' || canonical);
-- Whether a student is enrolled at a school on a day (rules 2, school_place).
CREATE MACRO is_at_school(status, entry_date, expected_graduation, day) AS status = 'enrolled' AND entry_date <= day
    AND coalesce(expected_graduation, DATE '9999-12-31') > day;

-- Whether a sex is stated: 0 and 9 agree with any, and so does none.
CREATE MACRO is_sex(gend) AS coalesce(gend, '') IN ('1', '2');

-- A name without the spaces that people put into it.
CREATE MACRO bare_name(name) AS regexp_replace(name, '[\s\x{3000}]', '', 'g');

-- The name that a spelling stands for in comparisons on a day (name_form): a newborn's placeholder (王芳之女) is no name, but of whoever was
-- born seven years before or earlier it is the name that it is (docs/decisions/0095).
CREATE MACRO name_meant(name, adult_name, born_on, day) AS if(born_on <= day - INTERVAL 7 YEAR, adult_name, name);

-- Whether two names agree: they have one length, and each character is equal, or lost in one of them (?, *, private use).
CREATE MACRO names_agree(a, b) AS length(a) = length(b) AND list_bool_and(list_transform(range(1, length(a) + 1),
    lambda i: a[i] = b[i] OR regexp_matches(a[i] || b[i], '[?*\x{E000}-\x{F8FF}]')));

-- The home that a row of the police register gives for a day: a residence permit valid that day, else the stated living area, else the
-- household registration while it lasts (rules 2, usual_residence). Nobody can tell whether a permit without its first day was valid, where
-- one without a place is, nor since when a registration is over that has a reason and no day for it. What is over is decided of the dead as
-- of the living (rules 3), so that theirs still tells the home.
CREATE MACRO home_of(permit_admdvs, permit_begin, permit_end, live_admdvs, hsreg_admdvs, dereg_reason, dereg_date, day) AS coalesce(
    CASE
        WHEN permit_end <= day THEN NULL
        WHEN permit_begin <= day THEN coalesce(permit_admdvs, '?')
        WHEN permit_begin IS NULL AND permit_admdvs IS NOT NULL THEN '?'
    END,
    live_admdvs,
    CASE
        WHEN dereg_reason = 'death' THEN hsreg_admdvs
        WHEN dereg_date <= day THEN NULL
        WHEN dereg_date IS NULL AND dereg_reason IS NOT NULL AND hsreg_admdvs IS NOT NULL THEN '?'
        ELSE hsreg_admdvs
    END);

-- One item of evidence, and a sorted list of items, as text: U+001F between the fields of an item, U+001E between the items
-- (retention/overlap_evidence.sql).
CREATE MACRO evidence_item(fact, value, extract, row_key) AS concat_ws(chr(31), fact, value, extract, row_key);
CREATE MACRO evidence_items(items) AS array_to_string(list_sort(items), chr(30));
-- The same text of evidence as it was published, a list of structs, in the order that it has.
CREATE MACRO evidence_text(evidence) AS array_to_string(
    list_transform(evidence, lambda e: evidence_item(e.fact, e.value, e.extract, e.row_key)), chr(30));

-- What names a row of the register, or of a school, as evidence: its content, hashed with the site's key.
CREATE MACRO resident_content(document_key, psn_name, brdy, hsreg_admdvs, live_admdvs, permit_admdvs, permit_begin, permit_end, dereg_reason,
    dereg_date) AS concat_ws('|', 'resident', document_key, psn_name, brdy, hsreg_admdvs, live_admdvs, permit_admdvs, permit_begin, permit_end,
    dereg_reason, dereg_date);
CREATE MACRO student_content(document_key, school_admdvs, stage, entry_date, expected_graduation, status) AS
    concat_ws('|', 'student', document_key, school_admdvs, stage, entry_date, expected_graduation, status);

-- The action that a clerk was asked about: what is held, over, or left alone has what the rule would have done, a review is one.
CREATE MACRO action_to_answer(action, would_be) AS if(action = 'review', action, coalesce(would_be, action));

-- The day on which a clerk's rejection expires; null where it is none, or for good (0 months).
CREATE MACRO expires_at(fate, decided_on, months) AS if(fate = 'rejected' AND months > 0, CAST(decided_on + to_months(months) AS DATE), NULL);

-- The place that a ledger told; where it was hidden, as of a protected person (docs/decisions/0084), that of tonight. While it is to be
-- hidden it is hidden again where it is written.
CREATE MACRO place_told(place, tonight) AS if(place = '000000', coalesce(tonight, place), place);

-- How grave an action of the lists is.
CREATE MACRO gravity(action) AS CASE action WHEN 'terminate' THEN 3 WHEN 'suspend' THEN 2 WHEN 'review' THEN 1 ELSE 0 END;

-- What the number of a case on the worklists ends with: the same for the same enrollment and start of the overlap, period or year.
CREATE MACRO case_digits(enrollment_id, part) AS upper(sha256(concat_ws(chr(31), enrollment_id, part))[1:16]);

CREATE MACRO without_nulls(items) AS list_filter(items, lambda item: item IS NOT NULL);

-- Whether a person is in the share that is being built (Engine.build); there is a power of two of shares.
CREATE MACRO in_share(key) AS key & (getvariable('shares') - 1) = getvariable('share');
-- A number for a text, by which shares are told apart where there is no key of a person; nothing else may rest on it.
CREATE MACRO number_of(text) AS CAST(hash(text) >> 1 AS BIGINT);
