"""What has to hold after a deploy: the same checks for the command and for `pytest tests/post_deployment`."""
