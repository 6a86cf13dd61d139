"""What of the memory is whose."""

from datetime import date
from pathlib import Path

import pytest

from flows.settings import Settings

GB = 10**9


def settings(memory: int, threads: int = 2) -> Settings:
    return Settings(date(2026, 11, 22), Path("inbox"), Path("warehouse"), "national", memory=memory, threads=threads)


@pytest.mark.parametrize("memory", [2 * GB, 3 * GB, 4 * GB, 12 * GB, 64 * GB])
def test_the_engine_has_less_while_others_work_and_never_all_of_it(memory):
    ours = settings(memory)
    assert ours.of_engine(ours.processes) < ours.of_engine() < memory


@pytest.mark.parametrize("memory", [4 * GB, 12 * GB, 64 * GB])
def test_what_python_holds_is_left_to_it(memory):
    assert memory - settings(memory).of_engine() == 1_200 * 10**6
    assert settings(memory).of_engine() - settings(memory).of_engine(2) == 2 * 900 * 10**6


def test_what_workers_look_into_is_counted_once():
    ours = settings(4 * GB)
    assert ours.of_engine(2) - ours.of_engine(2, 500 * 10**6) == 500 * 10**6
    assert ours.of_engine(2, 64 * GB) == 4 * GB // 10, "so that it works at all"


def test_however_small_the_memory_is_the_engine_has_half_of_it():
    assert settings(GB // 2).of_engine() == GB // 4


@pytest.mark.parametrize(("memory", "threads", "processes"), [(GB // 2, 8, 1), (2 * GB, 8, 2), (64 * GB, 8, 8), (64 * GB, 1, 1)])
def test_a_process_for_each_core_that_there_is_a_gigabyte_for(memory, threads, processes):
    assert settings(memory, threads).processes == processes
