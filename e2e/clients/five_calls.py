"""Five calls as a program makes them, with a client of openapi-python-client. Checked by
pyright, never run."""

from generated.penguinmails_api_client import AuthenticatedClient
from generated.penguinmails_api_client.api.campaigns import create_campaign
from generated.penguinmails_api_client.api.contacts import list_contacts, upsert_contact
from generated.penguinmails_api_client.api.emails import get_email, send_email
from generated.penguinmails_api_client.models import (
    CampaignForm,
    CampaignView,
    ContactStatus,
    ContactView,
    EmailAccepted,
    EmailDetail,
    PageContactView,
    SendEmail,
    UpsertContact,
)


def five_calls(client: AuthenticatedClient) -> list[str]:
    # The smallest email: nothing that may be left out is required.
    mail = SendEmail(to="user@example.com", subject="Hello", html_body="<p>Hello</p>")
    sent = send_email.sync(client=client, body=mail)
    if not isinstance(sent, EmailAccepted):
        return [] if sent is None else [sent.error.value, sent.message]

    said = [sent.id]
    email = get_email.sync(sent.id, client=client)
    if isinstance(email, EmailDetail):
        said.append(email.status.value)

    contact = upsert_contact.sync(client=client, body=UpsertContact(email="user@example.com"))
    contacts: list[ContactView] = [contact] if isinstance(contact, ContactView) else []

    # The items of a page are the same type as one of them.
    page = list_contacts.sync(client=client, limit=10, status=ContactStatus.ACTIVE)
    if isinstance(page, PageContactView):
        contacts += page.data

    form = CampaignForm(name="News", subject="Hello {{ first_name }}", html_body="<p>Hello</p>")
    campaign = create_campaign.sync(client=client, body=form)
    if isinstance(campaign, CampaignView):
        said.append(campaign.id)
    return said + [contact.email for contact in contacts]
