-- The published dataset of the same name; columns, types and order are those of contracts/datasets.py.
-- person_id of the person in question whose documents they are tonight; of links that hold for nobody in question null
SELECT o.kind AS old_kind, s.told.old_canonical AS old_canonical, n.kind AS new_kind, s.told.new_canonical AS new_canonical,
    p.person_id, s.told.link_date AS link_date, s.undone_on, s.told.reason AS reason, s.status,
    CASE
        WHEN s.doubts IS NOT NULL THEN concat('两证件的关联存疑，相关参保关系转人工复核：', array_to_string(list_transform(s.doubts, lambda d: CASE d
            WHEN 'many_identifiers' THEN '关联证件超过五个' WHEN 'two_living_ids' THEN '户籍登记中有两个未注销的居民身份证号'
            ELSE '关联与撤销相互矛盾' END), '；'), '。')
        WHEN s.status = 'applied' THEN '两证件视为同一人所有。'
        WHEN s.status = 'future' THEN '关联日期晚于统计日，本次未采用。'
        ELSE '关联已被撤销，两证件视为两人。'
    END AS reason_zh,
    CASE
        WHEN s.doubts IS NOT NULL THEN concat('The link is in doubt, the enrollments go to review: ', array_to_string(list_transform(s.doubts, lambda d: CASE d
            WHEN 'many_identifiers' THEN 'more than five documents are linked' WHEN 'two_living_ids' THEN 'two resident IDs on the register without deregistration'
            ELSE 'documents are linked that are to be kept apart' END), '; '), '.')
        WHEN s.status = 'applied' THEN 'The two documents are treated as one person''s.'
        WHEN s.status = 'future' THEN 'The link is dated after the as-of date and not applied tonight.'
        ELSE 'The link is undone: the documents are treated as two persons''.'
    END AS reason_en
FROM link_status s
JOIN kind o ON o.id_kind = s.told.old_kind
JOIN kind n ON n.id_kind = s.told.new_kind
LEFT JOIN person p ON p.person_key = s.person_key
ORDER BY old_kind, old_canonical, new_kind, new_canonical
