"""Places of insurance: divisions in real-looking codes of nine provinces, six to a pool, drawn whole columns at a time."""

import numpy as np

#: First four digits of the pools. 11 and 31 pool as a whole, so each has a single entry here.
POOLS = np.array([
    2201, 2202, 2203, 2224, 5101, 5103, 5106, 5134, 4401, 4403, 4419, 4420, 4101, 4103, 4115,
    4201, 4202, 4205, 4290, 2101, 2102, 2110, 3501, 3502, 3505, 1101, 3101,
])  # fmt: skip
#: Last two digits: five counties and the division of the city itself (市本级, in no edition of GB/T 2260).
COUNTIES = np.array([2, 3, 6, 21, 81, 99])
DIVISIONS = POOLS[:, None] * 100 + COUNTIES
PROVINCE_POOLED = (11, 12, 31, 46, 50)


def pool(area):
    """Pool of each division: the province for those that pool as a whole, else the prefecture."""
    area = np.asarray(area)
    return np.where(np.isin(area // 10000, PROVINCE_POOLED), area // 10000, area // 100)


def pool_area(area):
    """The six-digit number by which the platform names the pool."""
    area = np.asarray(area)
    return np.where(np.isin(area // 10000, PROVINCE_POOLED), area // 10000 * 10000, area // 100 * 100)


def anywhere(rng, n):
    """One division for each of ``n`` persons."""
    return DIVISIONS.ravel()[rng.integers(0, DIVISIONS.size, n)]


def in_other_pools(rng, n, count):
    """``count`` divisions for each of ``n`` persons, no two of a person in one pool."""
    pools = np.argsort(rng.random((n, len(POOLS))), axis=1)[:, :count]
    counties = rng.integers(0, len(COUNTIES), (n, count))
    return list(DIVISIONS[pools, counties].T)


def in_one_pool(rng, n, count):
    """``count`` different divisions of one pool for each of ``n`` persons."""
    pools = rng.integers(0, len(POOLS), n)[:, None]
    counties = np.argsort(rng.random((n, len(COUNTIES))), axis=1)[:, :count]
    return list(DIVISIONS[pools, counties].T)


def neighbour(area):
    """Another division of the same pool."""
    place = np.searchsorted(COUNTIES, np.asarray(area) % 100)
    return np.asarray(area) // 100 * 100 + COUNTIES[(place + 1) % len(COUNTIES)]


def place_of(areas):
    """Code of ``same_pool`` (0), ``same_province`` (1) or ``cross_province`` (2) for the members of each overlap."""
    areas = np.stack(areas)
    one_pool = (pool(areas) == pool(areas[0])).all(axis=0)
    one_province = (areas // 10000 == areas[0] // 10000).all(axis=0)
    return np.where(one_pool, 0, np.where(one_province, 1, 2))
