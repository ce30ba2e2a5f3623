"""Where the contents of attachments are kept: outside the database, sealed, behind one interface."""
