"""The connector: HubSpot CRM objects in, a Sesam JSON pull array out. Deployed as an image, never imported by the bench."""
