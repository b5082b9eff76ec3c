"""The ``eventsourcing`` library's factory for a ledger store: its DCB applications keep their events in one.

``PERSISTENCE_MODULE`` names this module. Like all settings of the library, each of these may be prefixed with
the application's name in capitals and an underscore:

===================  ==================================================================================
``QUOTA_LEDGER_DB``  the store, ``sqlite:///PATH`` or ``postgresql://HOST/DATABASE``
``CREATE_TABLE``     whether a store that is not there is made: ``yes`` (the default) or ``no``
===================  ==================================================================================
"""

from typing import Any, Final

from eventsourcing.dcb.persistence import DCBInfrastructureFactory
from eventsourcing.persistence import InfrastructureFactoryError, OperationalError
from eventsourcing.utils import Environment, EnvType, strtobool
from typing_extensions import override

from ledger.recorder import LedgerRecorder
from ledger.store import StoreError
from ledger.stores import AnyStore, open_store

DB: Final = "QUOTA_LEDGER_DB"
CREATE_TABLE: Final = "CREATE_TABLE"


class LedgerFactory(DCBInfrastructureFactory[Any]):
    """Opens the store that the environment names; all its recorders share it, :meth:`close` closes it."""

    def __init__(self, env: Environment | EnvType | None) -> None:
        """Open the store.

        Raises:
            InfrastructureFactoryError: a setting is missing or has no meaning.
            OperationalError: the store cannot be opened.
        """
        super().__init__(env)
        url = self.env.get(DB)
        if not url:
            raise InfrastructureFactoryError(
                f"{DB} is not set; sqlite:///PATH or postgresql://HOST/DATABASE is wanted"
            )
        try:
            create = strtobool(self.env.get(CREATE_TABLE, "yes"))
        except (TypeError, ValueError) as error:
            raise InfrastructureFactoryError(f"{CREATE_TABLE}: {error}; yes or no is wanted") from error
        try:
            self._store = open_store(url, create=create)
        except StoreError as error:
            raise OperationalError(str(error)) from error

    @property
    def store(self) -> AnyStore:
        """The store itself, for those who verify it."""
        return self._store

    @override
    def dcb_recorder(self) -> LedgerRecorder:
        """Return a recorder; subscriptions of another one learn of its appends by polling."""
        return LedgerRecorder(self._store)

    @override
    def close(self) -> None:
        """Close the store."""
        self._store.close()
