"""One file per command. Heavy packages are imported inside the command, so that help is instant."""
