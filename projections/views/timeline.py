"""The timeline of each enterprise: the entries about it, its pairs and the cars on their lines."""

from domain.identifiers import firms_of
from domain.records import Vehicle
from projections.view import Folded, Page, Written


class Timeline:
    """See :class:`projections.view.View`: one row an enterprise and entry."""

    table = "timeline"
    columns = ("enterprise", "idx")
    owner = None

    def rows(self, page: Page) -> Written:
        """Return the entries of the page, for each enterprise that they are about."""
        return Written((), [(uscc, one.index) for one in page.entries for uscc in _enterprises(one)])


def _enterprises(one: Folded) -> set[str]:
    """Return whom an entry is about: whom it names or moves, and the firms of its cars' lines."""
    found = set(one.keys("enterprise"))
    for each in one.outcome.postings:
        if each.pair_id is not None:
            found.update(firms_of(each.pair_id))
    for vehicle in one.cars.values():
        for line_id in _lines(vehicle):
            found.update(firms_of(line_id))
    return found


def _lines(vehicle: Vehicle) -> set[str]:
    car = vehicle.car
    return {*car.lines, *(one.line_id for one in car.registrations if one.line_id is not None)}
