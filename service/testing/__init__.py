"""The service in the tests of other projects: ``pytest_plugins = ["service.testing"]``; for trial, ``AjaxContacts``."""

from service.testing.fixtures import (
    ajax_contacts as ajax_contacts,
    ajax_contacts_process as ajax_contacts_process,
    pytest_configure as pytest_configure,
)
from service.testing.in_process import AjaxContacts as AjaxContacts
from service.testing.process import AjaxContactsProcess as AjaxContactsProcess
from service.testing.values import Advanced as Advanced, Asked as Asked, Person as Person
