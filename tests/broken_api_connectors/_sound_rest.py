"""The correct connector for the REST API, as a program."""

from tests.broken_api_connectors._sound import RestConnector, serve

if __name__ == "__main__":
    serve(RestConnector())
