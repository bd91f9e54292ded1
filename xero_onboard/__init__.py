"""Xero Onboard: a help centre whose guides carry a live Connect to Xero button."""
