"""What can go wrong while setting up or starting, said in one sentence."""


class SetupError(Exception):
    """The machine lacks something. The text is one sentence for a person, with the command that fixes it."""
