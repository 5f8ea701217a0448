"""The command ``archwright``: one thin module per command, loaded when the command is asked for."""
