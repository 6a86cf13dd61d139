-- Counts for the bounds of the contribution extract. grain: one row. inputs: contribution.
SELECT
    avg((clct_type IN ('10', '30', '31', '32') AND clct_flag IN ('1', '4') AND revs_flag = 'Z')::INT) AS effective_share,
    count(*) FILTER (psn_clct_amt < 0) AS negative,
    avg(coalesce(psn_clct_amt < 0, false)::INT) AS negative_share,
    avg((psn_insu_rlts_id IS NOT NULL)::INT) AS linked_share
FROM contribution
