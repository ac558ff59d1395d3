"""What all commands share: settings as options, help pages, tables of text."""
