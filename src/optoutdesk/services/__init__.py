"""One module for each thing a person does; each act is one transaction and one ledger entry."""
