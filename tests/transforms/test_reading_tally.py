"""Tallies of batches and files add up, every count of them."""

from dataclasses import asdict, fields

from transforms.reading import RowTally


def test_every_count_of_a_tally_is_added():
    one = RowTally(*range(1, 10), reasons={"bad_date": 1}, flags={"width": 2}, measures={"basic": 3})
    total = RowTally()
    total.add(one)
    total.add(one)
    assert len(fields(RowTally)) == 12
    assert asdict(total) == {
        name: {key: 2 * n for key, n in told.items()} if isinstance(told, dict) else 2 * told for name, told in asdict(one).items()
    }
