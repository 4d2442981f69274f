"""The types along the chains: only mypy checks this file, for what each step passes to the next."""

from typing import assert_type

from twisted.internet.defer import Deferred, succeed
from twisted.web.iweb import IRequest

from service.chains.contacts import Contacts
from service.chains.health import Health
from service.chains.lookup import Lookup, UsersByName
from service.chains.titles import Titles, need_of_more
from service.chains.users import Users
from service.interfaces import IIMService, IPageFetcher, IUserDatabase
from service.values import Contact, Page, Title, User
from service.web.bodies import ContactsBody, contacts_body
from service.web.problems import as_problem
from service.web.query import username_asked_for
from service.web.replies import as_json


def backends(database: IUserDatabase, im_service: IIMService, pages: IPageFetcher) -> None:
    """Check what the interfaces promise."""
    assert_type(database.get_user("dustin"), Deferred[User | None])
    assert_type(im_service.get_contact_list("dustin"), Deferred[list[Contact]])
    assert_type(pages.fetch("http://buildbot.net", need_of_more), Deferred[Page])


def chains(contacts: Contacts, users: Users, lookup: Lookup, titles: Titles, health: Health) -> None:
    """Check what the slides' functions fire with."""
    assert_type(contacts.get_contacts("dustin"), Deferred[list[str]])
    assert_type(users.get_user("dustin"), Deferred[User])
    assert_type(users.get_user_name("dustin"), Deferred[str])
    assert_type(lookup.parallel_lookup(["dustin"]), Deferred[UsersByName])
    assert_type(titles.get_page_title("http://buildbot.net"), Deferred[Title])
    assert_type(health.check(), Deferred[dict[str, str]])


def ajax_get_contacts(request: IRequest, contacts: Contacts) -> Deferred[bytes]:
    """Check each step of the whole chain against the next."""
    asked = succeed(request).addCallback(username_asked_for)
    assert_type(asked, Deferred[str])
    usernames = asked.addCallback(contacts.get_contacts)
    assert_type(usernames, Deferred[list[str]])
    body = usernames.addCallback(contacts_body)
    assert_type(body, Deferred[ContactsBody])
    encoded = body.addCallback(as_json, request)
    assert_type(encoded, Deferred[bytes])
    return encoded.addErrback(as_problem, request)
