"""Whether a configuration is fit for its environment, and how to mend what is not."""
