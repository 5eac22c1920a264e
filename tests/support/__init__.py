"""What tests stand on: databases, a server process, people's clients, a browser."""
