"""The connector: HubSpot CRM objects in, a Sesam JSON pull array out.

It is deployed as an image; the bench starts it as Sesam would and never imports it.
"""
