"""One job done by OneCover and by its peers, each as people use it, on the enrollment extract alone.

The job: of the rows of the basic schemes (insutype 310, 390, 380, 391) that are not void (psn_insu_stas 1, 2, 4) and whose dates
are written as 2026-11-22 (but 29 February), normalize the certificate number (no blanks and nothing that nobody sees, half
width, X for x and for what looks like it), keep the numbers of 18 characters whose check character (MOD 11-2) and birth date
hold, join rows of one number and id (first start, last end), find the enrollments of a person whose span [start, end) meets
that of another, keep the one that began last (of several the smallest id), and write ``number``, ``removed_id``, ``kept_id`` of
the others as Parquet in the order of number and removed_id.

A peer is a module with ``main(inbox, out, as_of)``; one that gives another checksum is not compared.
"""
