"""Workbooks: sheets to the lines that files give, and back. A workbook is looked through before anything in it is believed."""
