"""Seasons in a store, signed and entered by the real path, with their answer key; nothing is verified."""

from pathlib import Path
from typing import Any
from uuid import UUID

from api.cli.init import open_database, sign_opening
from api.demo.acts import moment
from api.demo.faults.kinds import planter_of
from api.demo.faults.planter import Planter
from api.demo.keys import OFFICERS, ORIGIN, season_keys
from api.demo.lawful import Lawful
from api.demo.pace import FIRST_DAY
from api.demo.play import SimulatedClock, play
from api.demo.season import POLICY_DOCUMENT_SHA256, default_exporters, season
from ledger.sequencer import Sequencer
from ledger.stores import AnyStore, open_store
from projections.runner import catch_up


def play_season(
    folder: Path, url: str, vehicles: int, seed: int, *, faults: bool, exporters: int | None = None
) -> tuple[AnyStore, list[dict[str, Any]]]:
    """Play a season into a new database; return its store, views made, and the patterns of its key."""
    keys = season_keys(seed)
    clock = SimulatedClock(moment(FIRST_DAY, 8))
    opening = sign_opening(
        ORIGIN, keys, POLICY_DOCUMENT_SHA256, str(UUID(int=seed, version=4)), clock, OFFICERS
    )
    open_database(url, *opening, folder / "anchor.json", clock)
    planters: list[Planter] = []

    def plant(lawful: Lawful) -> Planter:
        planters.append(planter_of(seed, vehicles, lawful))
        return planters[0]

    store = open_store(url)
    with Sequencer(store, keys["housekeeping"], clock=clock) as sequencer:
        acts = season(exporters or default_exporters(vehicles), vehicles, seed, plant if faults else None)
        played = play(acts, store, sequencer, clock, keys, seed, lambda _: None)
    catch_up(store)
    if not faults:
        return store, []
    answers = planters[0].answers(lambda ids: {**played.refused, **store.find_statements(ids)})
    return store, answers["patterns"]
