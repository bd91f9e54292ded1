"""The pages and calls of the practice Xero, one module for each part of it."""
