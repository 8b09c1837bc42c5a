"""What contracts bring and cost, booked from what has happened."""
