"""What customers and others say of the service: complaints, surveys, recognition."""
