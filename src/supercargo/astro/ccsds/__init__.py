"""CCSDS orbit messages, read and written: OEM, OPM and OMM in KVN and XML. Import from the modules."""
