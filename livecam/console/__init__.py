"""What commands share, ours and those of other packages: settings as options, tables of text."""
