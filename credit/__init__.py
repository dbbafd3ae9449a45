"""What is known about a borrower: the credit file that the borrower owns."""
