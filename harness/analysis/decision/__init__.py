"""From two measured arms and a policy to a verdict. Pure."""
