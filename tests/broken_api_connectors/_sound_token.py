"""The correct connector for the API with a token, as a program."""

from tests.broken_api_connectors._sound import TokenConnector, serve

if __name__ == "__main__":
    serve(TokenConnector())
