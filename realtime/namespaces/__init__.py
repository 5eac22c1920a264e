"""The sockets of visitors and operators: who connects, and the commands of each."""
