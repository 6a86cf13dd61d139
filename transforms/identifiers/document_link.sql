-- What the police say of each two documents: that they are one person's, or that they are not to be linked. The newest of
-- their entries up to the as-of date holds, whichever document is called the old one. One that undoes holds against links
-- of its own day; without a date it holds against all. A link without a date is older than any other.
-- A reason that is no code of the list is `other`, unless its words undo a link: to leave two apart can be made good, to
-- join them cannot. So one in quarantine holds, too, where it undoes a link.
-- state: live, undone (also where there was nothing to undo: they stay apart), future.
-- told: the entry that is shown for the pair, the newest link that was ever due, else the newest that undoes, else the next.
-- grain: one row per two documents, key (low_key, high_key); equal keys where both are the same. inputs: identity_link,
-- unread_identity_link.
WITH entry AS (
    SELECT *,
        CASE
            WHEN reason IN ('correction', 'renewal', 'settlement', 'cannot_link') THEN reason
            WHEN regexp_matches(reason, '撤|取消|解除|作废|无效|不得|不是|非同|误关联|误并|错并|拆分|(?i:cannot|undo|undone|unlink)') THEN 'cannot_link'
            ELSE 'other'
        END AS code,
        code = 'cannot_link' AS undoes,
        coalesce(link_date, if(undoes, $as_of, DATE '0001-01-01')) AS holds_from,
        holds_from <= $as_of AS is_due
    FROM (FROM identity_link UNION ALL BY NAME SELECT * EXCLUDE (reasons), true AS is_unread FROM unread_identity_link)
    WHERE is_unread IS NULL OR undoes AND old_person_key IS NOT NULL AND new_person_key IS NOT NULL
)
SELECT least(old_person_key, new_person_key) AS low_key, greatest(old_person_key, new_person_key) AS high_key,
    max(holds_from) FILTER (is_due AND NOT undoes) AS linked_from,
    max(holds_from) FILTER (is_due AND undoes) AS undone_from,
    CASE
        WHEN linked_from IS NULL AND undone_from IS NULL THEN 'future'
        WHEN undone_from IS NULL OR linked_from > undone_from THEN 'live'
        ELSE 'undone'
    END AS state,
    max(link_date) FILTER (is_due AND undoes) AS undone_on,
    max({
        'is_due': is_due, 'links': NOT undoes, 'nearness': if(is_due, holds_from - $as_of, $as_of - holds_from),
        'link_date': link_date, 'reason': code,
        'old_key': old_person_key, 'old_kind': old_id_kind, 'old_canonical': certificate_number(old_person_key, old_canonical),
        'new_key': new_person_key, 'new_kind': new_id_kind, 'new_canonical': certificate_number(new_person_key, new_canonical)
    }) AS told
FROM entry
GROUP BY low_key, high_key
