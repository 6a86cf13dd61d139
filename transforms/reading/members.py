"""Sets of 64-bit numbers: in memory, sorted a share at a time where they are many, and on disk, where all processes look into the same
pages."""

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from transforms import native

#: Numbers that are sorted at a time: a quarter of a gigabyte of them.
MOST_SORTED = 1 << 25
#: An odd factor scatters numbers over all 64 bits, and its inverse brings them back.
_FACTOR = 0x9E3779B97F4A7C15
_INVERSE = pow(_FACTOR, -1, 1 << 64)
_LEAST_BITS, _MOST_BITS = 10, 24
#: Numbers that are gathered on disk are sorted in sixteen parts.
_PART_BITS = 4


@dataclass(frozen=True)
class Members:
    """A set of 64-bit numbers, for fast membership tests. The members are multiplied by an odd factor (scrambled) and sorted, so that the
    first bits of a number say where to look for it; a binary search would miss the cache twenty times. A bitmap of those first bits
    rejects nearly every number that is not in the set without looking at the members."""

    scrambled: np.ndarray
    begins: np.ndarray
    bitmap: np.ndarray

    @classmethod
    def of(cls, numbers: np.ndarray) -> "Members":
        """``numbers``: in any order, repeated or not."""
        scrambled = distinct(_times(numbers.view(np.uint64), _FACTOR))
        bits = _bits_of(len(scrambled))
        held = np.bincount((scrambled >> np.uint64(64 - bits)).view(np.int64), minlength=1 << bits)
        return cls(scrambled, *_slots(held))

    @property
    def numbers(self) -> np.ndarray:
        """The members as int64, in the order of their slots."""
        return _times(self.scrambled, _INVERSE).view(np.int64)

    def hold(self, numbers: np.ndarray) -> np.ndarray:
        """Whether each number is in the set."""
        return native.hold(numbers, self.scrambled, self.begins, self.bitmap, _FACTOR)


def _bits_of(numbers: int) -> int:
    """How many first bits the look-up table of so many numbers uses."""
    return min(max((4 * numbers).bit_length(), _LEAST_BITS), _MOST_BITS)


def _slots(held: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where the numbers of each slot begin, and a bit for each slot that has any. ``held``: how many each has."""
    return np.concatenate([[0], np.cumsum(held)]).astype(np.int32), np.packbits(held > 0, bitorder="little")


def distinct(numbers: np.ndarray) -> np.ndarray:
    """Each number once, ascending."""
    ordered = np.sort(numbers)
    return ordered[np.concatenate([[True], ordered[1:] != ordered[:-1]])] if len(ordered) else ordered


def _times(numbers: np.ndarray, factor: int) -> np.ndarray:
    with np.errstate(over="ignore"):
        return numbers * np.uint64(factor)


def shares_of(numbers: int) -> int:
    """In how many shares so many numbers are sorted, so that the memory used does not grow with their count."""
    return 1 << (numbers // MOST_SORTED).bit_length()


def in_share(numbers: np.ndarray, share: int, shares: int) -> np.ndarray:
    """Which numbers (uint64) fall into one of the shares: the same number always falls into the same one."""
    return (_times(numbers, _FACTOR) >> np.uint64(40)) & np.uint64(shares - 1) == share


def save(folder: Path, of: str, members: Members) -> None:
    """Write a set under a name, for the worker processes, who all look into the same pages of memory."""
    folder.mkdir(exist_ok=True)
    for name, array in vars(members).items():
        np.save(_file(folder, of, name), array)


def gather(folder: Path, of: str, numbers: Iterable[np.ndarray]) -> None:
    """`save` for more ``numbers`` (uint64) than memory should hold: they are written to sixteen files by their first bits, and each file
    is sorted by itself. A number that comes twice is kept twice."""
    folder.mkdir(exist_ok=True)
    parts = [_file(folder, of, f"part-{share}") for share in range(1 << _PART_BITS)]
    with ExitStack() as stack:
        files = [stack.enter_context(part.open("wb")) for part in parts]
        for batch in numbers:
            scrambled = _times(batch, _FACTOR)
            of_part = (scrambled >> np.uint64(64 - _PART_BITS)).astype(np.uint8)
            order = np.argsort(of_part, kind="stable")
            ends = np.cumsum(np.bincount(of_part, minlength=len(parts)))
            for file, share in zip(files, np.split(scrambled[order], ends[:-1]), strict=True):
                file.write(share.tobytes())
    total = sum(part.stat().st_size for part in parts) // 8
    bits, held = _bits_of(total), []
    with _file(folder, of, "scrambled").open("wb") as out:
        np.lib.format.write_array_header_1_0(out, {"descr": "<u8", "fortran_order": False, "shape": (total,)})
        for share, part in enumerate(parts):
            ordered = np.sort(np.fromfile(part, np.uint64))
            first = share << bits - _PART_BITS
            slots = (ordered >> np.uint64(64 - bits)).view(np.int64) - first
            held.append(np.bincount(slots, minlength=1 << bits - _PART_BITS).astype(np.int32))
            out.write(ordered.tobytes())
            part.unlink()
    begins, bitmap = _slots(np.concatenate(held))
    np.save(_file(folder, of, "begins"), begins)
    np.save(_file(folder, of, "bitmap"), bitmap)


def size_of(folder: Path) -> int:
    """Bytes of all sets in ``folder``: what every worker process maps into its memory."""
    return sum(file.stat().st_size for file in folder.iterdir())


def _file(folder: Path, of: str, name: str) -> Path:
    return folder / f"{of}-{name}.npy"


def load(folder: Path, of: str) -> Members:
    """What `save` or `gather` wrote, mapped and not read."""
    return Members(*(np.asarray(np.load(_file(folder, of, field.name), mmap_mode="r")) for field in fields(Members)))
